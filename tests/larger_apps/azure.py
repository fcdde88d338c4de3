"""A container app with an ingress, a storage account and a vault that holds its key."""

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_azurerm.container_app import (
    ContainerApp,
    ContainerAppIngress,
    ContainerAppIngressTrafficWeight,
    ContainerAppTemplate,
    ContainerAppTemplateContainer,
)
from cdktf_cdktf_provider_azurerm.container_app_environment import ContainerAppEnvironment
from cdktf_cdktf_provider_azurerm.data_azurerm_client_config import DataAzurermClientConfig
from cdktf_cdktf_provider_azurerm.key_vault import KeyVault
from cdktf_cdktf_provider_azurerm.key_vault_secret import KeyVaultSecret
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider, AzurermProviderFeatures
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup
from cdktf_cdktf_provider_azurerm.storage_account import StorageAccount

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "azure")
    AzurermProvider(stack, "azurerm", features=[AzurermProviderFeatures()])
    group = ResourceGroup(stack, "group", name="images", location="westeurope")
    account = StorageAccount(
        stack,
        "account",
        name="images",
        resource_group_name=group.name,
        location=group.location,
        account_tier="Standard",
        account_replication_type="LRS",
    )
    client = DataAzurermClientConfig(stack, "client")
    vault = KeyVault(
        stack,
        "vault",
        name="images",
        resource_group_name=group.name,
        location=group.location,
        tenant_id=client.tenant_id,
        sku_name="standard",
    )
    KeyVaultSecret(stack, "secret", name="key", key_vault_id=vault.id, value=account.primary_access_key)
    environment = ContainerAppEnvironment(
        stack, "environment", name="images", resource_group_name=group.name, location=group.location
    )
    weight = ContainerAppIngressTrafficWeight(percentage=100, latest_revision=True)
    web = ContainerApp(
        stack,
        "web",
        name="web",
        container_app_environment_id=environment.id,
        resource_group_name=group.name,
        revision_mode="Single",
        template=ContainerAppTemplate(
            container=[ContainerAppTemplateContainer(name="web", image="nginx", cpu=0.25, memory="0.5Gi")]
        ),
        ingress=ContainerAppIngress(target_port=80, external_enabled=True, traffic_weight=[weight]),
    )
    output(stack, "host", web.ingress.fqdn)
    output(stack, "endpoint", account.primary_blob_endpoint)
