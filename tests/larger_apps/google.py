"""An instance with an external address, which a record of a zone names."""

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_google.compute_instance import (
    ComputeInstance,
    ComputeInstanceBootDisk,
    ComputeInstanceBootDiskInitializeParams,
    ComputeInstanceNetworkInterface,
    ComputeInstanceNetworkInterfaceAccessConfig,
)
from cdktf_cdktf_provider_google.compute_network import ComputeNetwork
from cdktf_cdktf_provider_google.dns_managed_zone import DnsManagedZone
from cdktf_cdktf_provider_google.dns_record_set import DnsRecordSet
from cdktf_cdktf_provider_google.provider import GoogleProvider

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "google")
    GoogleProvider(stack, "google", project="images", region="europe-west3")
    network = ComputeNetwork(stack, "network", name="images")
    instance = ComputeInstance(
        stack,
        "instance",
        name="web",
        machine_type="e2-small",
        zone="europe-west3-a",
        boot_disk=ComputeInstanceBootDisk(
            initialize_params=ComputeInstanceBootDiskInitializeParams(image="debian-cloud/debian-12")
        ),
        network_interface=[
            ComputeInstanceNetworkInterface(
                network=network.id, access_config=[ComputeInstanceNetworkInterfaceAccessConfig()]
            )
        ],
    )
    address = instance.network_interface.get(0).access_config.get(0).nat_ip
    zone = DnsManagedZone(stack, "zone", name="images", dns_name="images.test.")
    DnsRecordSet(stack, "record", managed_zone=zone.name, name="web.images.test.", type="A", ttl=60, rrdatas=[address])
    output(stack, "address", address)
    output(stack, "number", f"${{{zone.fqn}.managed_zone_id}}")
