"""A certificate that is validated by DNS, a function in a network, and a bucket with a policy."""

from cdktf import App, Fn, TerraformIterator, TerraformStack, Token
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "aws")
    AwsProvider(stack, "aws", region="eu-central-1")
    zones = DataAwsAvailabilityZones(stack, "zones", state="available")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16", tags={"Name": "images"})
    subnet = Subnet(
        stack,
        "subnet",
        vpc_id=vpc.id,
        cidr_block=Fn.cidrsubnet(vpc.cidr_block, 8, 1),
        availability_zone=Fn.element(zones.names, 0),
    )
    zone = Route53Zone(stack, "zone", name="images.test")
    certificate = AcmCertificate(stack, "certificate", domain_name="images.test", validation_method="DNS")
    option = certificate.domain_validation_options.get(0)
    record = Route53Record(
        stack,
        "record",
        zone_id=zone.zone_id,
        name=option.resource_record_name,
        type=option.resource_record_type,
        records=[option.resource_record_value],
        ttl=60,
    )
    AcmCertificateValidation(
        stack, "validation", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn]
    )
    bucket = S3Bucket(stack, "bucket", bucket_prefix="images-")
    statement = DataAwsIamPolicyDocumentStatement(actions=["s3:GetObject"], resources=[f"{bucket.arn}/*"])
    document = DataAwsIamPolicyDocument(stack, "document", statement=[statement])
    IamRole(stack, "role", name="reader", assume_role_policy=document.json)
    names = TerraformIterator.from_list(["a", "b"])
    Subnet(
        stack,
        "subnets",
        for_each=names,
        vpc_id=vpc.id,
        cidr_block="10.0.9.0/24",
        tags={"n": Token.as_string(names.value)},
    )
    output(stack, "zone", subnet.availability_zone)
    output(stack, "name_servers", Fn.length_of(zone.name_servers))
    output(stack, "value", option.resource_record_value)
