"""Where a provider block works and how: region, endpoints, transport and defaults, set and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from constructs_ims.constructs import cdk
from constructs_ims.constructs.provider_credentials import ProviderCredentials


class ProviderSettings(ProviderCredentials):
    """The arguments beside those that say who signs in."""

    @property
    def auth_url(self) -> str | None:
        """URL of the identity service; made from region and cloud when left out."""
        return cast("str | None", self._read("auth_url"))

    @auth_url.setter
    def auth_url(self, value: str | None) -> None:
        self._assign("auth_url", value)

    @property
    def auth_url_input(self) -> str | None:
        """``auth_url`` as it was given."""
        return self.auth_url

    def reset_auth_url(self) -> None:
        """Leave ``auth_url`` out."""
        self._assign("auth_url", None)

    @property
    def cacert_file(self) -> str | None:
        """Certificates of own authorities: a path or their text."""
        return cast("str | None", self._read("cacert_file"))

    @cacert_file.setter
    def cacert_file(self, value: str | None) -> None:
        self._assign("cacert_file", value)

    @property
    def cacert_file_input(self) -> str | None:
        """``cacert_file`` as it was given."""
        return self.cacert_file

    def reset_cacert_file(self) -> None:
        """Leave ``cacert_file`` out."""
        self._assign("cacert_file", None)

    @property
    def cert(self) -> str | None:
        """Client certificate."""
        return cast("str | None", self._read("cert"))

    @cert.setter
    def cert(self, value: str | None) -> None:
        self._assign("cert", value)

    @property
    def cert_input(self) -> str | None:
        """``cert`` as it was given."""
        return self.cert

    def reset_cert(self) -> None:
        """Leave ``cert`` out."""
        self._assign("cert", None)

    @property
    def cloud(self) -> str | None:
        """Domain of the cloud, "myhuaweicloud.com" when left out."""
        return cast("str | None", self._read("cloud"))

    @cloud.setter
    def cloud(self, value: str | None) -> None:
        self._assign("cloud", value)

    @property
    def cloud_input(self) -> str | None:
        """``cloud`` as it was given."""
        return self.cloud

    def reset_cloud(self) -> None:
        """Leave ``cloud`` out."""
        self._assign("cloud", None)

    @property
    def default_tags(self) -> dict[str, str] | None:
        """Tags for every object of this provider."""
        return cast("dict[str, str] | None", self._read("default_tags"))

    @default_tags.setter
    def default_tags(self, value: Mapping[str, str] | None) -> None:
        self._assign("default_tags", value)

    @property
    def default_tags_input(self) -> dict[str, str] | None:
        """``default_tags`` as it was given."""
        return self.default_tags

    def reset_default_tags(self) -> None:
        """Leave ``default_tags`` out."""
        self._assign("default_tags", None)

    @property
    def enable_force_new(self) -> bool | cdk.IResolvable | None:
        """Whether a changed argument replaces an object that cannot be updated; false when left out."""
        return cast("bool | cdk.IResolvable | None", self._read("enable_force_new"))

    @enable_force_new.setter
    def enable_force_new(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("enable_force_new", value)

    @property
    def enable_force_new_input(self) -> bool | cdk.IResolvable | None:
        """``enable_force_new`` as it was given."""
        return self.enable_force_new

    def reset_enable_force_new(self) -> None:
        """Leave ``enable_force_new`` out."""
        self._assign("enable_force_new", None)

    @property
    def endpoints(self) -> dict[str, str] | None:
        """URLs of services under their names, such as ims and iam."""
        return cast("dict[str, str] | None", self._read("endpoints"))

    @endpoints.setter
    def endpoints(self, value: Mapping[str, str] | None) -> None:
        self._assign("endpoints", value)

    @property
    def endpoints_input(self) -> dict[str, str] | None:
        """``endpoints`` as it was given."""
        return self.endpoints

    def reset_endpoints(self) -> None:
        """Leave ``endpoints`` out."""
        self._assign("endpoints", None)

    @property
    def enterprise_project_id(self) -> str | None:
        """Enterprise project to work in."""
        return cast("str | None", self._read("enterprise_project_id"))

    @enterprise_project_id.setter
    def enterprise_project_id(self, value: str | None) -> None:
        self._assign("enterprise_project_id", value)

    @property
    def enterprise_project_id_input(self) -> str | None:
        """``enterprise_project_id`` as it was given."""
        return self.enterprise_project_id

    def reset_enterprise_project_id(self) -> None:
        """Leave ``enterprise_project_id`` out."""
        self._assign("enterprise_project_id", None)

    @property
    def ignore_tags(self) -> list[str] | None:
        """Tag keys that this provider leaves alone."""
        return cast("list[str] | None", self._read("ignore_tags"))

    @ignore_tags.setter
    def ignore_tags(self, value: Sequence[str] | None) -> None:
        self._assign("ignore_tags", value)

    @property
    def ignore_tags_input(self) -> list[str] | None:
        """``ignore_tags`` as it was given."""
        return self.ignore_tags

    def reset_ignore_tags(self) -> None:
        """Leave ``ignore_tags`` out."""
        self._assign("ignore_tags", None)

    @property
    def insecure(self) -> bool | cdk.IResolvable | None:
        """Whether certificates go unchecked."""
        return cast("bool | cdk.IResolvable | None", self._read("insecure"))

    @insecure.setter
    def insecure(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("insecure", value)

    @property
    def insecure_input(self) -> bool | cdk.IResolvable | None:
        """``insecure`` as it was given."""
        return self.insecure

    def reset_insecure(self) -> None:
        """Leave ``insecure`` out."""
        self._assign("insecure", None)

    @property
    def key(self) -> str | None:
        """Private key of the client certificate."""
        return cast("str | None", self._read("key"))

    @key.setter
    def key(self, value: str | None) -> None:
        self._assign("key", value)

    @property
    def key_input(self) -> str | None:
        """``key`` as it was given."""
        return self.key

    def reset_key(self) -> None:
        """Leave ``key`` out."""
        self._assign("key", None)

    @property
    def max_retries(self) -> float | None:
        """How often a failed connection is tried again; 5 when left out."""
        return cast("float | None", self._read("max_retries"))

    @max_retries.setter
    def max_retries(self, value: float | None) -> None:
        self._assign("max_retries", value)

    @property
    def max_retries_input(self) -> float | None:
        """``max_retries`` as it was given."""
        return self.max_retries

    def reset_max_retries(self) -> None:
        """Leave ``max_retries`` out."""
        self._assign("max_retries", None)

    @property
    def region(self) -> str | None:
        """Region to work in."""
        return cast("str | None", self._read("region"))

    @region.setter
    def region(self, value: str | None) -> None:
        self._assign("region", value)

    @property
    def region_input(self) -> str | None:
        """``region`` as it was given."""
        return self.region

    def reset_region(self) -> None:
        """Leave ``region`` out."""
        self._assign("region", None)

    @property
    def regional(self) -> bool | cdk.IResolvable | None:
        """Whether the identity service is regional."""
        return cast("bool | cdk.IResolvable | None", self._read("regional"))

    @regional.setter
    def regional(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("regional", value)

    @property
    def regional_input(self) -> bool | cdk.IResolvable | None:
        """``regional`` as it was given."""
        return self.regional

    def reset_regional(self) -> None:
        """Leave ``regional`` out."""
        self._assign("regional", None)

    @property
    def signing_algorithm(self) -> str | None:
        """How requests are signed; HmacSHA256 when left out."""
        return cast("str | None", self._read("signing_algorithm"))

    @signing_algorithm.setter
    def signing_algorithm(self, value: str | None) -> None:
        self._assign("signing_algorithm", value)

    @property
    def signing_algorithm_input(self) -> str | None:
        """``signing_algorithm`` as it was given."""
        return self.signing_algorithm

    def reset_signing_algorithm(self) -> None:
        """Leave ``signing_algorithm`` out."""
        self._assign("signing_algorithm", None)

    @property
    def skip_check_upgrade(self) -> bool | cdk.IResolvable | None:
        """Whether newer releases go unasked; true when left out."""
        return cast("bool | cdk.IResolvable | None", self._read("skip_check_upgrade"))

    @skip_check_upgrade.setter
    def skip_check_upgrade(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("skip_check_upgrade", value)

    @property
    def skip_check_upgrade_input(self) -> bool | cdk.IResolvable | None:
        """``skip_check_upgrade`` as it was given."""
        return self.skip_check_upgrade

    def reset_skip_check_upgrade(self) -> None:
        """Leave ``skip_check_upgrade`` out."""
        self._assign("skip_check_upgrade", None)

    @property
    def skip_check_website_type(self) -> bool | cdk.IResolvable | None:
        """Whether the kind of website goes unasked."""
        return cast("bool | cdk.IResolvable | None", self._read("skip_check_website_type"))

    @skip_check_website_type.setter
    def skip_check_website_type(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("skip_check_website_type", value)

    @property
    def skip_check_website_type_input(self) -> bool | cdk.IResolvable | None:
        """``skip_check_website_type`` as it was given."""
        return self.skip_check_website_type

    def reset_skip_check_website_type(self) -> None:
        """Leave ``skip_check_website_type`` out."""
        self._assign("skip_check_website_type", None)
