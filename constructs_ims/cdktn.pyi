# Written by tests/constructs/cdktn_stub.py from constructs_ims/constructs; do not edit.
"""The names of this package for an app that uses CDK Terrain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import cdktn as cdk
from constructs import Construct

from constructs_ims.backend.sandbox import Action as Action
from constructs_ims.backend.sandbox import ActionReason as ActionReason
from constructs_ims.backend.sandbox import Cloud as Cloud
from constructs_ims.backend.sandbox import Diagnostic as Diagnostic
from constructs_ims.backend.sandbox import OperationFailedError as OperationFailedError
from constructs_ims.backend.sandbox import OutputChange as OutputChange
from constructs_ims.backend.sandbox import PlannedObject as PlannedObject
from constructs_ims.backend.sandbox import ResourceChange as ResourceChange
from constructs_ims.backend.sandbox import Sandbox as Sandbox
from constructs_ims.backend.sandbox import SandboxApply as SandboxApply
from constructs_ims.backend.sandbox import SandboxPlan as SandboxPlan
from constructs_ims.backend.sandbox import SandboxStack as SandboxStack
from constructs_ims.backend.sandbox import Severity as Severity
from constructs_ims.backend.sandbox import StackSource as StackSource
from constructs_ims.backend.sandbox import State as State
from constructs_ims.constructs import ContainerFormat as ContainerFormat
from constructs_ims.constructs import DiskFormat as DiskFormat
from constructs_ims.constructs import ForceNew as ForceNew
from constructs_ims.constructs import HuaweicloudProviderAssumeRole as HuaweicloudProviderAssumeRole
from constructs_ims.constructs import HuaweicloudProviderAssumeRoleWithOidc as HuaweicloudProviderAssumeRoleWithOidc
from constructs_ims.constructs import ImageStatus as ImageStatus
from constructs_ims.constructs import ImageType as ImageType
from constructs_ims.constructs import ImsImageMetadataTimeouts as ImsImageMetadataTimeouts
from constructs_ims.constructs import ImsValidationError as ImsValidationError
from constructs_ims.constructs import OsType as OsType
from constructs_ims.constructs import OsVersion as OsVersion
from constructs_ims.constructs import Platform as Platform
from constructs_ims.constructs import VirtualEnvType as VirtualEnvType
from constructs_ims.constructs import Visibility as Visibility
from constructs_ims.constructs.argument_check import Checked
from constructs_ims.constructs.assume_role import Role, RoleWithOidc

class ImsImageMetadataTimeoutsOutputReference(cdk.ComplexObject):
    """The ``timeouts`` of one image: references to them, and their settings."""

    def __init__(self, terraform_resource: cdk.IInterpolatingParent, terraform_attribute: str) -> None: ...
    @property
    def delete(self) -> str:
        """Reference to the time that a deletion may take."""

    @delete.setter
    def delete(self, value: str) -> None: ...
    @property
    def delete_input(self) -> str | None:
        """The time that a deletion may take as it was given."""

    def reset_delete(self) -> None:
        """Leave the time of a deletion to the default, ten minutes."""

    @property
    def internal_value(self) -> cdk.IResolvable | ImsImageMetadataTimeouts | None:
        """The block as it was given."""

    @internal_value.setter
    def internal_value(self, value: cdk.IResolvable | ImsImageMetadataTimeouts | Mapping[str, Any] | None) -> None: ...

class ArgumentAccess:
    """Reads and sets the arguments of a construct; setting raises ``ImsValidationError`` with every violation."""

    "The name of the construct's class in errors."
    "The arguments' names in Terraform under those in Python."

@dataclass(frozen=True, kw_only=True)
class ImageFields:
    """The arguments of ``ImsImageMetadata`` as fields; None leaves one out."""

    connection: cdk.SSHProvisionerConnection | cdk.WinrmProvisionerConnection | Mapping[str, Any] | None = None
    count: float | cdk.TerraformCount | None = None
    depends_on: Sequence[cdk.ITerraformDependable] | None = None
    for_each: cdk.ITerraformIterator | None = None
    lifecycle: cdk.TerraformResourceLifecycle | Mapping[str, Any] | None = None
    provider: cdk.TerraformProvider | None = None
    provisioners: (
        Sequence[cdk.FileProvisioner | cdk.LocalExecProvisioner | cdk.RemoteExecProvisioner | Mapping[str, Any]] | None
    ) = None
    container_format: ContainerFormat | str | None = None
    'Container of the image; "bare" when left out.'
    disk_format: DiskFormat | str | None = None
    'Format of the image file; "zvhd2" when left out.'
    enable_force_new: bool | str | None = None
    'Whether changes replace the image instead of being refused: "true" or "false"; else the provider decides.'
    id: str | None = None
    "ID of the image, a UUID."
    min_disk: float | None = None
    "Least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own disk."
    min_ram: float | None = None
    "Least memory a server needs to run the image, in MB; 0 when left out."
    name: str | None = None
    "Name of the image, 1 to 255 characters; empty when left out, and then no server can be made from it."
    os_version: OsVersion | str | None = None
    'Operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to start.'
    protected: bool | cdk.IResolvable | None = None
    "Whether the image is guarded against deletion; false when left out."
    region: str | None = None
    "Region that holds the image; the provider's region when left out. Another region replaces the image."
    tags: Sequence[str] | Mapping[str, str] | None = None
    'Labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out.'
    timeouts: ImsImageMetadataTimeouts | Mapping[str, Any] | cdk.IResolvable | None = None
    "How long operations may take."
    visibility: Visibility | str | None = None
    'Who sees the image; "private" is the only value and the default.'

@dataclass(frozen=True, kw_only=True)
class ImsImageMetadataConfig(ImageFields):
    """Everything an image can be given; the arguments are those of ``ImsImageMetadata``, and None leaves one out.

    Raises ``ImsValidationError`` with every violation.
    """

    checked: Checked = field(init=False, repr=False, compare=False)
    "The arguments as the kernel takes them, and the warnings."
    meta: dict[str, Any] = field(init=False, repr=False, compare=False)
    "The meta-arguments as the kernel takes them."

class ImageProperties(ArgumentAccess, cdk.TerraformResource):
    """The constructor of ``ImsImageMetadata``, its arguments and what it exports."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        container_format: ContainerFormat | str | None = None,
        disk_format: DiskFormat | str | None = None,
        enable_force_new: bool | str | None = None,
        id: str | None = None,
        min_disk: float | None = None,
        min_ram: float | None = None,
        name: str | None = None,
        os_version: OsVersion | str | None = None,
        protected: bool | cdk.IResolvable | None = None,
        region: str | None = None,
        tags: Sequence[str] | Mapping[str, str] | None = None,
        timeouts: ImsImageMetadataTimeouts | Mapping[str, Any] | cdk.IResolvable | None = None,
        visibility: Visibility | str | None = None,
        connection: cdk.SSHProvisionerConnection | cdk.WinrmProvisionerConnection | Mapping[str, Any] | None = None,
        count: float | cdk.TerraformCount | None = None,
        depends_on: Sequence[cdk.ITerraformDependable] | None = None,
        for_each: cdk.ITerraformIterator | None = None,
        lifecycle: cdk.TerraformResourceLifecycle | Mapping[str, Any] | None = None,
        provider: cdk.TerraformProvider | None = None,
        provisioners: Sequence[
            cdk.FileProvisioner | cdk.LocalExecProvisioner | cdk.RemoteExecProvisioner | Mapping[str, Any]
        ]
        | None = None,
    ) -> None:
        """Make it in ``scope`` under the construct id ``id_``.

        - ``container_format``: container of the image; "bare" when left out.
        - ``disk_format``: format of the image file; "zvhd2" when left out.
        - ``enable_force_new``: whether changes replace the image instead of being refused: "true" or "false"; else
          the provider decides.
        - ``id``: ID of the image, a UUID.
        - ``min_disk``: least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own
          disk.
        - ``min_ram``: least memory a server needs to run the image, in MB; 0 when left out.
        - ``name``: name of the image, 1 to 255 characters; empty when left out, and then no server can be made from
          it.
        - ``os_version``: operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to
          start.
        - ``protected``: whether the image is guarded against deletion; false when left out.
        - ``region``: region that holds the image; the provider's region when left out. Another region replaces the
          image.
        - ``tags``: labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out.
        - ``timeouts``: how long operations may take.
        - ``visibility``: who sees the image; "private" is the only value and the default.
        """

    @property
    def file(self) -> str:
        """Path under which the image file is uploaded and downloaded."""

    @property
    def self_attribute(self) -> str:
        """Path of the image itself."""

    @property
    def schema(self) -> str:
        """Path of the JSON schema that describes an image."""

    @property
    def status(self) -> str:
        """State of the image: queued, saving, active, killed or deleted."""

    @property
    def max_ram(self) -> str:
        """Most memory the image supports, in MB; usually empty."""

    @property
    def updated_at(self) -> str:
        """Time of the last change, in UTC, as 2026-01-31T08:00:00Z."""

    @property
    def os_bit(self) -> str:
        """Word length of the operating system: "32" or "64"."""

    @property
    def description(self) -> str:
        """Description of the image."""

    @property
    def isregistered(self) -> str:
        """Whether the image is registered: "true" or "false"."""

    @property
    def platform(self) -> str:
        """Family of the operating system, such as Ubuntu, CentOS, EulerOS or Other."""

    @property
    def os_type(self) -> str:
        """Kind of the operating system: Linux, Windows or Other."""

    @property
    def virtual_env_type(self) -> str:
        """Where the image is used: FusionCompute, DataImage, Ironic or IsoImage."""

    @property
    def image_source_type(self) -> str:
        """Storage behind the image; "uds" is the only value."""

    @property
    def imagetype(self) -> str:
        """Kind of the image: gold, private, shared or market."""

    @property
    def created_at(self) -> str:
        """Time of creation, in UTC, as 2026-01-31T08:00:00Z."""

    @property
    def originalimagename(self) -> str:
        """ID of the image this one was made from; empty for an image made from a file."""

    @property
    def backup_id(self) -> str:
        """ID of the backup this image was made from; empty when there is none."""

    @property
    def productcode(self) -> str:
        """Product ID of a marketplace image."""

    @property
    def image_size(self) -> str:
        """Size of the image file in bytes, as decimal digits."""

    @property
    def data_origin(self) -> str:
        """Where the image comes from; empty for a public image."""

    @property
    def lazyloading(self) -> str:
        """Whether the image supports lazy loading: true, false, True or False."""

    @property
    def active_at(self) -> str:
        """Time when the image became active, in UTC."""

    @property
    def image_displayname(self) -> str:
        """Name shown to others."""

    @property
    def os_feature_list(self) -> str:
        """Advanced features of the image, as the text of a JSON list."""

    @property
    def support_kvm(self) -> str:
        """Is "true" when the image runs under KVM."""

    @property
    def support_xen(self) -> str:
        """Is "true" when the image runs under Xen."""

    @property
    def support_largememory(self) -> str:
        """Is "true" when the image runs on large-memory servers."""

    @property
    def support_diskintensive(self) -> str:
        """Is "true" when the image runs on disk-intensive servers."""

    @property
    def support_highperformance(self) -> str:
        """Is "true" when the image runs on high-performance servers."""

    @property
    def support_xen_gpu_type(self) -> str:
        """GPU type supported under Xen; excludes __support_xen and __support_kvm."""

    @property
    def support_kvm_gpu_type(self) -> str:
        """GPU type supported under KVM; excludes __support_xen and __support_kvm."""

    @property
    def support_xen_hana(self) -> str:
        """Is "true" when the image runs on HANA servers; excludes __support_xen and __support_kvm."""

    @property
    def support_kvm_infiniband(self) -> str:
        """Is "true" when InfiniBand works under KVM; excludes __support_xen."""

    @property
    def system_support_market(self) -> cdk.IResolvable:
        """Whether the image can be published in the marketplace."""

    @property
    def is_offshelved(self) -> str:
        """Whether a marketplace image was taken down: "true" or "false"."""

    @property
    def enterprise_project_id(self) -> str:
        """Enterprise project of the image; "0" or empty is the default one."""

    @property
    def root_origin(self) -> str:
        """Where an imported image came from; "file" is the only value."""

    @property
    def sequence_num(self) -> str:
        """Slot of the system disk in the server."""

    @property
    def support_fc_inject(self) -> str:
        """Is "true" when Cloud-Init cannot inject a password or key."""

    @property
    def hw_firmware_type(self) -> str:
        """How a server boots the image: bios or uefi."""

    @property
    def hw_vif_multiqueue_enabled(self) -> str:
        """Whether network interfaces have several queues: "true" or "false"."""

    @property
    def support_arm(self) -> str:
        """Whether the image is for the Arm architecture: "true" or "false"."""

    @property
    def support_agent_list(self) -> str:
        """Agents set up in the image: hss, ces, or both with a comma; may be empty."""

    @property
    def system_cmkid(self) -> str:
        """ID of the key that encrypts the image."""

    @property
    def account_code(self) -> str:
        """Code under which the image is charged."""

    @property
    def support_amd(self) -> str:
        """Whether the image is for AMD's x86 servers."""

    @property
    def support_kvm_hi1822_hisriov(self) -> str:
        """Is "true" when SR-IOV is supported."""

    @property
    def support_kvm_hi1822_hivirtionet(self) -> str:
        """Is "true" when Virtio-Net is supported."""

    @property
    def os_shutdown_timeout(self) -> str:
        """Seconds a server gets to shut down, 60 to 300; the service's default is 60."""

    @property
    def container_format(self) -> str:
        """Container of the image; "bare" when left out."""

    @container_format.setter
    def container_format(self, value: ContainerFormat | str) -> None: ...
    @property
    def container_format_input(self) -> str | None:
        """``container_format`` as it was given."""

    def reset_container_format(self) -> None:
        """Leave ``container_format`` out."""

    @property
    def disk_format(self) -> str:
        """Format of the image file; "zvhd2" when left out."""

    @disk_format.setter
    def disk_format(self, value: DiskFormat | str) -> None: ...
    @property
    def disk_format_input(self) -> str | None:
        """``disk_format`` as it was given."""

    def reset_disk_format(self) -> None:
        """Leave ``disk_format`` out."""

    @property
    def enable_force_new(self) -> str:
        """Whether changes replace the image instead of being refused: "true" or "false"; else the provider decides."""

    @enable_force_new.setter
    def enable_force_new(self, value: bool | str) -> None: ...
    @property
    def enable_force_new_input(self) -> str | None:
        """``enable_force_new`` as it was given."""

    def reset_enable_force_new(self) -> None:
        """Leave ``enable_force_new`` out."""

    @property
    def id(self) -> str:
        """ID of the image, a UUID."""

    @id.setter
    def id(self, value: str) -> None: ...
    @property
    def id_input(self) -> str | None:
        """``id`` as it was given."""

    def reset_id(self) -> None:
        """Leave ``id`` out."""

    @property
    def min_disk(self) -> float:
        """Least system disk a server needs to run the image, 10 to 1024 GB; must exceed the image's own disk."""

    @min_disk.setter
    def min_disk(self, value: float) -> None: ...
    @property
    def min_disk_input(self) -> float | None:
        """``min_disk`` as it was given."""

    def reset_min_disk(self) -> None:
        """Leave ``min_disk`` out."""

    @property
    def min_ram(self) -> float:
        """Least memory a server needs to run the image, in MB; 0 when left out."""

    @min_ram.setter
    def min_ram(self, value: float) -> None: ...
    @property
    def min_ram_input(self) -> float | None:
        """``min_ram`` as it was given."""

    def reset_min_ram(self) -> None:
        """Leave ``min_ram`` out."""

    @property
    def name(self) -> str:
        """Name of the image, 1 to 255 characters; empty when left out, and then no server can be made from it."""

    @name.setter
    def name(self, value: str) -> None: ...
    @property
    def name_input(self) -> str | None:
        """``name`` as it was given."""

    def reset_name(self) -> None:
        """Leave ``name`` out."""

    @property
    def os_version(self) -> str:
        """Operating system and version, "Other Linux (64 bit)" when left out; servers may then fail to start."""

    @os_version.setter
    def os_version(self, value: OsVersion | str) -> None: ...
    @property
    def os_version_input(self) -> str | None:
        """``os_version`` as it was given."""

    def reset_os_version(self) -> None:
        """Leave ``os_version`` out."""

    @property
    def protected(self) -> bool | cdk.IResolvable:
        """Whether the image is guarded against deletion; false when left out."""

    @protected.setter
    def protected(self, value: bool | cdk.IResolvable) -> None: ...
    @property
    def protected_input(self) -> bool | cdk.IResolvable | None:
        """``protected`` as it was given."""

    def reset_protected(self) -> None:
        """Leave ``protected`` out."""

    @property
    def region(self) -> str:
        """Region that holds the image; the provider's region when left out. Another region replaces the image."""

    @region.setter
    def region(self, value: str) -> None: ...
    @property
    def region_input(self) -> str | None:
        """``region`` as it was given."""

    def reset_region(self) -> None:
        """Leave ``region`` out."""

    @property
    def tags(self) -> list[str]:
        """Labels of the form "key=value", at most ten, each 1 to 255 characters long; none when left out."""

    @tags.setter
    def tags(self, value: Sequence[str] | Mapping[str, str]) -> None: ...
    @property
    def tags_input(self) -> list[str] | None:
        """``tags`` as it was given."""

    def reset_tags(self) -> None:
        """Leave ``tags`` out."""

    @property
    def visibility(self) -> str:
        """Who sees the image; "private" is the only value and the default."""

    @visibility.setter
    def visibility(self, value: Visibility | str) -> None: ...
    @property
    def visibility_input(self) -> str | None:
        """``visibility`` as it was given."""

    def reset_visibility(self) -> None:
        """Leave ``visibility`` out."""

class ImsImageMetadata(ImageProperties):
    """The metadata of an IMS image: a record to which an image file can be uploaded later.

    ``scope`` is the construct to stand in and ``id_`` the name there; both are part of the resource's address. The
    constructor explains the image's own arguments, which may be tokens; ``connection``, ``count``, ``depends_on``,
    ``for_each``, ``lifecycle``, ``provider`` and ``provisioners`` are Terraform's for every resource.

    Raises ``ImsValidationError`` with every violation. What may be a mistake becomes a warning on the construct.
    """

    TF_RESOURCE_TYPE: ClassVar[str]

    @classmethod
    def generate_config_for_import(
        cls, scope: Construct, import_to_id: str, import_from_id: str, provider: cdk.TerraformProvider | None = None
    ) -> cdk.ImportableResource:
        """Have ``cdktf plan`` write the code for an image that exists already.

        ``import_to_id`` is the construct id in the code, ``import_from_id`` the ID of the image, ``provider`` the block
        to ask when it is not the default.
        """

    @property
    def timeouts(self) -> ImsImageMetadataTimeoutsOutputReference:
        """How long operations may take."""

    @property
    def timeouts_input(self) -> ImsImageMetadataTimeouts | cdk.IResolvable | None:
        """``timeouts`` as it was given."""

    def put_timeouts(self, *, delete: str | None = None) -> None:
        """Say how long operations may take; ``delete`` is a length of time such as ``"10m"``."""

    def reset_timeouts(self) -> None:
        """Leave ``timeouts`` out."""

@dataclass(frozen=True, kw_only=True)
class ProviderFields:
    """The arguments of ``HuaweicloudProvider`` as fields; None leaves one out."""

    access_key: str | None = field(default=None, repr=False)
    "Access key of the account."
    agency_domain_name: str | None = None
    "Account that made the agency; goes with agency_name."
    agency_name: str | None = None
    "Agency to act for; goes with agency_domain_name."
    alias: str | None = None
    "Name by which resources choose this block among several; the default block has none."
    assume_role: Sequence[Role] | cdk.IResolvable | None = None
    "Agencies to assume, one after the other."
    assume_role_with_oidc: RoleWithOidc | cdk.IResolvable | None = None
    "An agency to assume with a token of an external identity provider."
    auth_url: str | None = None
    "URL of the identity service; made from region and cloud when left out."
    cacert_file: str | None = None
    "Certificates of own authorities: a path or their text."
    cert: str | None = None
    "Client certificate."
    cloud: str | None = None
    'Domain of the cloud, "myhuaweicloud.com" when left out.'
    default_tags: Mapping[str, str] | None = None
    "Tags for every object of this provider."
    delegated_project: str | None = None
    "Project delegated to the agency; the region when left out."
    domain_id: str | None = None
    "Account, by ID."
    domain_name: str | None = None
    "Account, by name."
    enable_force_new: bool | cdk.IResolvable | None = None
    "Whether a changed argument replaces an object that cannot be updated; false when left out."
    endpoints: Mapping[str, str] | None = None
    "URLs of services under their names, such as ims and iam."
    enterprise_project_id: str | None = None
    "Enterprise project to work in."
    ignore_tags: Sequence[str] | None = None
    "Tag keys that this provider leaves alone."
    insecure: bool | cdk.IResolvable | None = None
    "Whether certificates go unchecked."
    key: str | None = None
    "Private key of the client certificate."
    max_retries: float | None = None
    "How often a failed connection is tried again; 5 when left out."
    password: str | None = field(default=None, repr=False)
    "Password of the user."
    profile: str | None = None
    "Profile inside the shared configuration file."
    project_id: str | None = None
    "Project to work in, by ID."
    project_name: str | None = None
    "Project to work in, by name; the region when left out."
    region: str | None = None
    "Region to work in."
    regional: bool | cdk.IResolvable | None = None
    "Whether the identity service is regional."
    secret_key: str | None = field(default=None, repr=False)
    "Secret key of the account."
    security_token: str | None = field(default=None, repr=False)
    "Token that goes with temporary keys."
    shared_config_file: str | None = None
    "Configuration file of the vendor's command line."
    signing_algorithm: str | None = None
    "How requests are signed; HmacSHA256 when left out."
    skip_check_upgrade: bool | cdk.IResolvable | None = None
    "Whether newer releases go unasked; true when left out."
    skip_check_website_type: bool | cdk.IResolvable | None = None
    "Whether the kind of website goes unasked."
    tenant_id: str | None = None
    "Older name of project_id."
    tenant_name: str | None = None
    "Older name of project_name."
    token: str | None = field(default=None, repr=False)
    "Token to use in place of keys or a password."
    user_id: str | None = None
    "User to sign in, by ID."
    user_name: str | None = None
    "User to sign in, by name."
    version_constraint: str | None = None
    "Releases of the provider that may be used; those with this resource when left out."

@dataclass(frozen=True, kw_only=True)
class HuaweicloudProviderConfig(ProviderFields):
    """Everything a provider block can be given; the arguments are those of ``HuaweicloudProvider``.

    Raises ``ImsValidationError`` with every violation.
    """

    checked: Checked = field(init=False, repr=False, compare=False)
    "The arguments as the kernel takes them, and the warnings."

class ProviderProperties(ArgumentAccess, cdk.TerraformProvider):
    """The constructor of ``HuaweicloudProvider``, its arguments and what it exports."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        access_key: str | None = None,
        agency_domain_name: str | None = None,
        agency_name: str | None = None,
        alias: str | None = None,
        assume_role: Sequence[Role] | cdk.IResolvable | None = None,
        assume_role_with_oidc: RoleWithOidc | cdk.IResolvable | None = None,
        auth_url: str | None = None,
        cacert_file: str | None = None,
        cert: str | None = None,
        cloud: str | None = None,
        default_tags: Mapping[str, str] | None = None,
        delegated_project: str | None = None,
        domain_id: str | None = None,
        domain_name: str | None = None,
        enable_force_new: bool | cdk.IResolvable | None = None,
        endpoints: Mapping[str, str] | None = None,
        enterprise_project_id: str | None = None,
        ignore_tags: Sequence[str] | None = None,
        insecure: bool | cdk.IResolvable | None = None,
        key: str | None = None,
        max_retries: float | None = None,
        password: str | None = None,
        profile: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        region: str | None = None,
        regional: bool | cdk.IResolvable | None = None,
        secret_key: str | None = None,
        security_token: str | None = None,
        shared_config_file: str | None = None,
        signing_algorithm: str | None = None,
        skip_check_upgrade: bool | cdk.IResolvable | None = None,
        skip_check_website_type: bool | cdk.IResolvable | None = None,
        tenant_id: str | None = None,
        tenant_name: str | None = None,
        token: str | None = None,
        user_id: str | None = None,
        user_name: str | None = None,
        version_constraint: str | None = None,
    ) -> None:
        """Make it in ``scope`` under the construct id ``id``.

        - ``access_key``: access key of the account.
        - ``agency_domain_name``: account that made the agency; goes with agency_name.
        - ``agency_name``: agency to act for; goes with agency_domain_name.
        - ``alias``: name by which resources choose this block among several; the default block has none.
        - ``assume_role``: agencies to assume, one after the other.
        - ``assume_role_with_oidc``: an agency to assume with a token of an external identity provider.
        - ``auth_url``: URL of the identity service; made from region and cloud when left out.
        - ``cacert_file``: certificates of own authorities: a path or their text.
        - ``cert``: client certificate.
        - ``cloud``: domain of the cloud, "myhuaweicloud.com" when left out.
        - ``default_tags``: tags for every object of this provider.
        - ``delegated_project``: project delegated to the agency; the region when left out.
        - ``domain_id``: account, by ID.
        - ``domain_name``: account, by name.
        - ``enable_force_new``: whether a changed argument replaces an object that cannot be updated; false when left
          out.
        - ``endpoints``: uRLs of services under their names, such as ims and iam.
        - ``enterprise_project_id``: enterprise project to work in.
        - ``ignore_tags``: tag keys that this provider leaves alone.
        - ``insecure``: whether certificates go unchecked.
        - ``key``: private key of the client certificate.
        - ``max_retries``: how often a failed connection is tried again; 5 when left out.
        - ``password``: password of the user.
        - ``profile``: profile inside the shared configuration file.
        - ``project_id``: project to work in, by ID.
        - ``project_name``: project to work in, by name; the region when left out.
        - ``region``: region to work in.
        - ``regional``: whether the identity service is regional.
        - ``secret_key``: secret key of the account.
        - ``security_token``: token that goes with temporary keys.
        - ``shared_config_file``: configuration file of the vendor's command line.
        - ``signing_algorithm``: how requests are signed; HmacSHA256 when left out.
        - ``skip_check_upgrade``: whether newer releases go unasked; true when left out.
        - ``skip_check_website_type``: whether the kind of website goes unasked.
        - ``tenant_id``: older name of project_id.
        - ``tenant_name``: older name of project_name.
        - ``token``: token to use in place of keys or a password.
        - ``user_id``: user to sign in, by ID.
        - ``user_name``: user to sign in, by name.
        - ``version_constraint``: releases of the provider that may be used; those with this resource when left out.
        """

    @property
    def access_key(self) -> str | None:
        """Access key of the account."""

    @access_key.setter
    def access_key(self, value: str | None) -> None: ...
    @property
    def access_key_input(self) -> str | None:
        """``access_key`` as it was given."""

    def reset_access_key(self) -> None:
        """Leave ``access_key`` out."""

    @property
    def agency_domain_name(self) -> str | None:
        """Account that made the agency; goes with agency_name."""

    @agency_domain_name.setter
    def agency_domain_name(self, value: str | None) -> None: ...
    @property
    def agency_domain_name_input(self) -> str | None:
        """``agency_domain_name`` as it was given."""

    def reset_agency_domain_name(self) -> None:
        """Leave ``agency_domain_name`` out."""

    @property
    def agency_name(self) -> str | None:
        """Agency to act for; goes with agency_domain_name."""

    @agency_name.setter
    def agency_name(self, value: str | None) -> None: ...
    @property
    def agency_name_input(self) -> str | None:
        """``agency_name`` as it was given."""

    def reset_agency_name(self) -> None:
        """Leave ``agency_name`` out."""

    @property
    def alias(self) -> str | None:
        """Name by which resources choose this block among several; the default block has none."""

    @alias.setter
    def alias(self, value: str | None) -> None: ...
    @property
    def alias_input(self) -> str | None:
        """``alias`` as it was given."""

    def reset_alias(self) -> None:
        """Leave ``alias`` out."""

    @property
    def auth_url(self) -> str | None:
        """URL of the identity service; made from region and cloud when left out."""

    @auth_url.setter
    def auth_url(self, value: str | None) -> None: ...
    @property
    def auth_url_input(self) -> str | None:
        """``auth_url`` as it was given."""

    def reset_auth_url(self) -> None:
        """Leave ``auth_url`` out."""

    @property
    def cacert_file(self) -> str | None:
        """Certificates of own authorities: a path or their text."""

    @cacert_file.setter
    def cacert_file(self, value: str | None) -> None: ...
    @property
    def cacert_file_input(self) -> str | None:
        """``cacert_file`` as it was given."""

    def reset_cacert_file(self) -> None:
        """Leave ``cacert_file`` out."""

    @property
    def cert(self) -> str | None:
        """Client certificate."""

    @cert.setter
    def cert(self, value: str | None) -> None: ...
    @property
    def cert_input(self) -> str | None:
        """``cert`` as it was given."""

    def reset_cert(self) -> None:
        """Leave ``cert`` out."""

    @property
    def cloud(self) -> str | None:
        """Domain of the cloud, "myhuaweicloud.com" when left out."""

    @cloud.setter
    def cloud(self, value: str | None) -> None: ...
    @property
    def cloud_input(self) -> str | None:
        """``cloud`` as it was given."""

    def reset_cloud(self) -> None:
        """Leave ``cloud`` out."""

    @property
    def default_tags(self) -> dict[str, str] | None:
        """Tags for every object of this provider."""

    @default_tags.setter
    def default_tags(self, value: Mapping[str, str] | None) -> None: ...
    @property
    def default_tags_input(self) -> dict[str, str] | None:
        """``default_tags`` as it was given."""

    def reset_default_tags(self) -> None:
        """Leave ``default_tags`` out."""

    @property
    def delegated_project(self) -> str | None:
        """Project delegated to the agency; the region when left out."""

    @delegated_project.setter
    def delegated_project(self, value: str | None) -> None: ...
    @property
    def delegated_project_input(self) -> str | None:
        """``delegated_project`` as it was given."""

    def reset_delegated_project(self) -> None:
        """Leave ``delegated_project`` out."""

    @property
    def domain_id(self) -> str | None:
        """Account, by ID."""

    @domain_id.setter
    def domain_id(self, value: str | None) -> None: ...
    @property
    def domain_id_input(self) -> str | None:
        """``domain_id`` as it was given."""

    def reset_domain_id(self) -> None:
        """Leave ``domain_id`` out."""

    @property
    def domain_name(self) -> str | None:
        """Account, by name."""

    @domain_name.setter
    def domain_name(self, value: str | None) -> None: ...
    @property
    def domain_name_input(self) -> str | None:
        """``domain_name`` as it was given."""

    def reset_domain_name(self) -> None:
        """Leave ``domain_name`` out."""

    @property
    def enable_force_new(self) -> bool | cdk.IResolvable | None:
        """Whether a changed argument replaces an object that cannot be updated; false when left out."""

    @enable_force_new.setter
    def enable_force_new(self, value: bool | cdk.IResolvable | None) -> None: ...
    @property
    def enable_force_new_input(self) -> bool | cdk.IResolvable | None:
        """``enable_force_new`` as it was given."""

    def reset_enable_force_new(self) -> None:
        """Leave ``enable_force_new`` out."""

    @property
    def endpoints(self) -> dict[str, str] | None:
        """URLs of services under their names, such as ims and iam."""

    @endpoints.setter
    def endpoints(self, value: Mapping[str, str] | None) -> None: ...
    @property
    def endpoints_input(self) -> dict[str, str] | None:
        """``endpoints`` as it was given."""

    def reset_endpoints(self) -> None:
        """Leave ``endpoints`` out."""

    @property
    def enterprise_project_id(self) -> str | None:
        """Enterprise project to work in."""

    @enterprise_project_id.setter
    def enterprise_project_id(self, value: str | None) -> None: ...
    @property
    def enterprise_project_id_input(self) -> str | None:
        """``enterprise_project_id`` as it was given."""

    def reset_enterprise_project_id(self) -> None:
        """Leave ``enterprise_project_id`` out."""

    @property
    def ignore_tags(self) -> list[str] | None:
        """Tag keys that this provider leaves alone."""

    @ignore_tags.setter
    def ignore_tags(self, value: Sequence[str] | None) -> None: ...
    @property
    def ignore_tags_input(self) -> list[str] | None:
        """``ignore_tags`` as it was given."""

    def reset_ignore_tags(self) -> None:
        """Leave ``ignore_tags`` out."""

    @property
    def insecure(self) -> bool | cdk.IResolvable | None:
        """Whether certificates go unchecked."""

    @insecure.setter
    def insecure(self, value: bool | cdk.IResolvable | None) -> None: ...
    @property
    def insecure_input(self) -> bool | cdk.IResolvable | None:
        """``insecure`` as it was given."""

    def reset_insecure(self) -> None:
        """Leave ``insecure`` out."""

    @property
    def key(self) -> str | None:
        """Private key of the client certificate."""

    @key.setter
    def key(self, value: str | None) -> None: ...
    @property
    def key_input(self) -> str | None:
        """``key`` as it was given."""

    def reset_key(self) -> None:
        """Leave ``key`` out."""

    @property
    def max_retries(self) -> float | None:
        """How often a failed connection is tried again; 5 when left out."""

    @max_retries.setter
    def max_retries(self, value: float | None) -> None: ...
    @property
    def max_retries_input(self) -> float | None:
        """``max_retries`` as it was given."""

    def reset_max_retries(self) -> None:
        """Leave ``max_retries`` out."""

    @property
    def password(self) -> str | None:
        """Password of the user."""

    @password.setter
    def password(self, value: str | None) -> None: ...
    @property
    def password_input(self) -> str | None:
        """``password`` as it was given."""

    def reset_password(self) -> None:
        """Leave ``password`` out."""

    @property
    def profile(self) -> str | None:
        """Profile inside the shared configuration file."""

    @profile.setter
    def profile(self, value: str | None) -> None: ...
    @property
    def profile_input(self) -> str | None:
        """``profile`` as it was given."""

    def reset_profile(self) -> None:
        """Leave ``profile`` out."""

    @property
    def project_id(self) -> str | None:
        """Project to work in, by ID."""

    @project_id.setter
    def project_id(self, value: str | None) -> None: ...
    @property
    def project_id_input(self) -> str | None:
        """``project_id`` as it was given."""

    def reset_project_id(self) -> None:
        """Leave ``project_id`` out."""

    @property
    def project_name(self) -> str | None:
        """Project to work in, by name; the region when left out."""

    @project_name.setter
    def project_name(self, value: str | None) -> None: ...
    @property
    def project_name_input(self) -> str | None:
        """``project_name`` as it was given."""

    def reset_project_name(self) -> None:
        """Leave ``project_name`` out."""

    @property
    def region(self) -> str | None:
        """Region to work in."""

    @region.setter
    def region(self, value: str | None) -> None: ...
    @property
    def region_input(self) -> str | None:
        """``region`` as it was given."""

    def reset_region(self) -> None:
        """Leave ``region`` out."""

    @property
    def regional(self) -> bool | cdk.IResolvable | None:
        """Whether the identity service is regional."""

    @regional.setter
    def regional(self, value: bool | cdk.IResolvable | None) -> None: ...
    @property
    def regional_input(self) -> bool | cdk.IResolvable | None:
        """``regional`` as it was given."""

    def reset_regional(self) -> None:
        """Leave ``regional`` out."""

    @property
    def secret_key(self) -> str | None:
        """Secret key of the account."""

    @secret_key.setter
    def secret_key(self, value: str | None) -> None: ...
    @property
    def secret_key_input(self) -> str | None:
        """``secret_key`` as it was given."""

    def reset_secret_key(self) -> None:
        """Leave ``secret_key`` out."""

    @property
    def security_token(self) -> str | None:
        """Token that goes with temporary keys."""

    @security_token.setter
    def security_token(self, value: str | None) -> None: ...
    @property
    def security_token_input(self) -> str | None:
        """``security_token`` as it was given."""

    def reset_security_token(self) -> None:
        """Leave ``security_token`` out."""

    @property
    def shared_config_file(self) -> str | None:
        """Configuration file of the vendor's command line."""

    @shared_config_file.setter
    def shared_config_file(self, value: str | None) -> None: ...
    @property
    def shared_config_file_input(self) -> str | None:
        """``shared_config_file`` as it was given."""

    def reset_shared_config_file(self) -> None:
        """Leave ``shared_config_file`` out."""

    @property
    def signing_algorithm(self) -> str | None:
        """How requests are signed; HmacSHA256 when left out."""

    @signing_algorithm.setter
    def signing_algorithm(self, value: str | None) -> None: ...
    @property
    def signing_algorithm_input(self) -> str | None:
        """``signing_algorithm`` as it was given."""

    def reset_signing_algorithm(self) -> None:
        """Leave ``signing_algorithm`` out."""

    @property
    def skip_check_upgrade(self) -> bool | cdk.IResolvable | None:
        """Whether newer releases go unasked; true when left out."""

    @skip_check_upgrade.setter
    def skip_check_upgrade(self, value: bool | cdk.IResolvable | None) -> None: ...
    @property
    def skip_check_upgrade_input(self) -> bool | cdk.IResolvable | None:
        """``skip_check_upgrade`` as it was given."""

    def reset_skip_check_upgrade(self) -> None:
        """Leave ``skip_check_upgrade`` out."""

    @property
    def skip_check_website_type(self) -> bool | cdk.IResolvable | None:
        """Whether the kind of website goes unasked."""

    @skip_check_website_type.setter
    def skip_check_website_type(self, value: bool | cdk.IResolvable | None) -> None: ...
    @property
    def skip_check_website_type_input(self) -> bool | cdk.IResolvable | None:
        """``skip_check_website_type`` as it was given."""

    def reset_skip_check_website_type(self) -> None:
        """Leave ``skip_check_website_type`` out."""

    @property
    def tenant_id(self) -> str | None:
        """Older name of project_id."""

    @tenant_id.setter
    def tenant_id(self, value: str | None) -> None: ...
    @property
    def tenant_id_input(self) -> str | None:
        """``tenant_id`` as it was given."""

    def reset_tenant_id(self) -> None:
        """Leave ``tenant_id`` out."""

    @property
    def tenant_name(self) -> str | None:
        """Older name of project_name."""

    @tenant_name.setter
    def tenant_name(self, value: str | None) -> None: ...
    @property
    def tenant_name_input(self) -> str | None:
        """``tenant_name`` as it was given."""

    def reset_tenant_name(self) -> None:
        """Leave ``tenant_name`` out."""

    @property
    def token(self) -> str | None:
        """Token to use in place of keys or a password."""

    @token.setter
    def token(self, value: str | None) -> None: ...
    @property
    def token_input(self) -> str | None:
        """``token`` as it was given."""

    def reset_token(self) -> None:
        """Leave ``token`` out."""

    @property
    def user_id(self) -> str | None:
        """User to sign in, by ID."""

    @user_id.setter
    def user_id(self, value: str | None) -> None: ...
    @property
    def user_id_input(self) -> str | None:
        """``user_id`` as it was given."""

    def reset_user_id(self) -> None:
        """Leave ``user_id`` out."""

    @property
    def user_name(self) -> str | None:
        """User to sign in, by name."""

    @user_name.setter
    def user_name(self, value: str | None) -> None: ...
    @property
    def user_name_input(self) -> str | None:
        """``user_name`` as it was given."""

    def reset_user_name(self) -> None:
        """Leave ``user_name`` out."""

class HuaweicloudProvider(ProviderProperties):
    """A ``huaweicloud`` provider block: the account, region and settings that images are made with.

    ``scope`` is the stack to stand in and ``id`` the name there. An argument that is left out may come from the
    environment (``HW_REGION_NAME``, ``HW_ACCESS_KEY``, ``HW_SECRET_KEY`` ...), where credentials belong.
    The constructor explains the arguments.

    Raises ``ImsValidationError`` with every violation. What may be a mistake becomes a warning on the construct.
    """

    TF_RESOURCE_TYPE: ClassVar[str]

    @classmethod
    def generate_config_for_import(
        cls, scope: Construct, import_to_id: str, import_from_id: str, provider: cdk.TerraformProvider | None = None
    ) -> cdk.ImportableResource:
        """Stand here because generated bindings have it; Terraform imports no provider blocks."""

    @property
    def version_constraint(self) -> str:
        """The releases of the provider that the stack asks for."""

    @property
    def assume_role(self) -> list[HuaweicloudProviderAssumeRole] | cdk.IResolvable | None:
        """Agencies to assume, one after the other."""

    @assume_role.setter
    def assume_role(self, value: Sequence[Role] | cdk.IResolvable | None) -> None: ...
    @property
    def assume_role_input(self) -> list[HuaweicloudProviderAssumeRole] | cdk.IResolvable | None:
        """``assume_role`` as it was given."""

    def reset_assume_role(self) -> None:
        """Leave ``assume_role`` out."""

    @property
    def assume_role_with_oidc(self) -> HuaweicloudProviderAssumeRoleWithOidc | cdk.IResolvable | None:
        """An agency to assume with a token of an external identity provider."""

    @assume_role_with_oidc.setter
    def assume_role_with_oidc(self, value: RoleWithOidc | cdk.IResolvable | None) -> None: ...
    @property
    def assume_role_with_oidc_input(self) -> HuaweicloudProviderAssumeRoleWithOidc | cdk.IResolvable | None:
        """``assume_role_with_oidc`` as it was given."""

    def reset_assume_role_with_oidc(self) -> None:
        """Leave ``assume_role_with_oidc`` out."""
