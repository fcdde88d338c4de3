"""The official example: a deployment and its service in a namespace."""

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_kubernetes.deployment import (
    Deployment,
    DeploymentMetadata,
    DeploymentSpec,
    DeploymentSpecSelector,
    DeploymentSpecTemplate,
    DeploymentSpecTemplateMetadata,
    DeploymentSpecTemplateSpec,
    DeploymentSpecTemplateSpecContainer,
)
from cdktf_cdktf_provider_kubernetes.namespace import Namespace, NamespaceMetadata
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider
from cdktf_cdktf_provider_kubernetes.service import Service, ServiceMetadata, ServiceSpec, ServiceSpecPort

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "kubernetes")
    KubernetesProvider(stack, "kubernetes")
    namespace = Namespace(stack, "namespace", metadata=NamespaceMetadata(name="images"))
    labels = {"app": "web"}
    container = DeploymentSpecTemplateSpecContainer(name="web", image="nginx:1.27")
    deployment = Deployment(
        stack,
        "deployment",
        metadata=DeploymentMetadata(name="web", namespace=f"${{{namespace.fqn}.metadata[0].name}}", labels=labels),
        spec=DeploymentSpec(
            replicas="2",
            selector=DeploymentSpecSelector(match_labels=labels),
            template=DeploymentSpecTemplate(
                metadata=DeploymentSpecTemplateMetadata(labels=labels),
                spec=DeploymentSpecTemplateSpec(container=[container]),
            ),
        ),
    )
    service = Service(
        stack,
        "service",
        metadata=ServiceMetadata(name="web", namespace=namespace.metadata.name),
        spec=ServiceSpec(selector=labels, port=[ServiceSpecPort(port=80)], type="LoadBalancer"),
    )
    output(stack, "uid", deployment.metadata.uid)
    output(stack, "hostname", f"${{{service.fqn}.status[0].load_balancer[0].ingress[0].hostname}}")
