"""Containers on two hosts, one of them reached with a certificate that the stack makes."""

from cdktf import App, Fn, TerraformIterator, TerraformStack, Token
from cdktf_cdktf_provider_docker.container import Container, ContainerNetworksAdvanced, ContainerVolumes
from cdktf_cdktf_provider_docker.data_docker_image import DataDockerImage
from cdktf_cdktf_provider_docker.image import Image
from cdktf_cdktf_provider_docker.network import Network, NetworkIpamConfig
from cdktf_cdktf_provider_docker.provider import DockerProvider
from cdktf_cdktf_provider_docker.volume import Volume
from cdktf_cdktf_provider_tls.private_key import PrivateKey
from cdktf_cdktf_provider_tls.provider import TlsProvider

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "containers")
    TlsProvider(stack, "tls")
    key = PrivateKey(stack, "key", algorithm="ED25519")
    DockerProvider(stack, "docker", host="unix:///var/run/docker.sock")
    remote = DockerProvider(
        stack, "remote", alias="remote", host="tcp://docker.test:2376", key_material=key.private_key_pem
    )
    network = Network(stack, "network", name="images", ipam_config=[NetworkIpamConfig(subnet="10.1.0.0/16")])
    volume = Volume(stack, "volume", name="data")
    ports = TerraformIterator.from_list([80, 443])
    web = Container(
        stack,
        "web",
        name="web",
        image=Image(stack, "nginx", name="nginx:1.27", keep_locally=True).image_id,
        networks_advanced=[ContainerNetworksAdvanced(name=network.name)],
        volumes=[ContainerVolumes(volume_name=volume.name, container_path="/data")],
        ports=ports.dynamic({"internal": Token.as_number(ports.value)}),
        env=[f"MOUNTPOINT={volume.mountpoint}"],
    )
    base = DataDockerImage(stack, "base", name="alpine")
    Container(stack, "probe", provider=remote, name="probe", image=base.repo_digest, command=["ping", web.hostname])
    output(stack, "address", web.network_data.get(0).ip_address)
    output(stack, "prefix", web.network_data.get(0).ip_prefix_length)
    output(stack, "digest", Fn.element(Fn.split("@", Token.as_string(base.repo_digest)), 0))
    output(stack, "addresses", f"${{[for one in {web.fqn}.network_data : one.ip_address]}}")
