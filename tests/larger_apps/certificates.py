"""A certificate authority and a server's certificate, kept in files beside each other."""

from cdktf import App, Fn, TerraformStack
from cdktf_cdktf_provider_local.provider import LocalProvider
from cdktf_cdktf_provider_local.sensitive_file import SensitiveFile
from cdktf_cdktf_provider_tls.cert_request import CertRequest, CertRequestSubject
from cdktf_cdktf_provider_tls.data_tls_public_key import DataTlsPublicKey
from cdktf_cdktf_provider_tls.locally_signed_cert import LocallySignedCert
from cdktf_cdktf_provider_tls.private_key import PrivateKey
from cdktf_cdktf_provider_tls.provider import TlsProvider
from cdktf_cdktf_provider_tls.self_signed_cert import SelfSignedCert, SelfSignedCertSubject

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "certificates")
    TlsProvider(stack, "tls")
    LocalProvider(stack, "local")
    authority_key = PrivateKey(stack, "authority_key", algorithm="RSA", rsa_bits=4096)
    authority = SelfSignedCert(
        stack,
        "authority",
        private_key_pem=authority_key.private_key_pem,
        subject=[SelfSignedCertSubject(common_name="authority", organization="Example")],
        validity_period_hours=24,
        is_ca_certificate=True,
        allowed_uses=["cert_signing"],
    )
    key = PrivateKey(stack, "key", algorithm="ECDSA", ecdsa_curve="P384")
    request = CertRequest(
        stack, "request", private_key_pem=key.private_key_pem, subject=[CertRequestSubject(common_name="images.test")]
    )
    server = LocallySignedCert(
        stack,
        "server",
        cert_request_pem=request.cert_request_pem,
        ca_private_key_pem=authority_key.private_key_pem,
        ca_cert_pem=authority.cert_pem,
        validity_period_hours=12,
        allowed_uses=["server_auth"],
    )
    public = DataTlsPublicKey(stack, "public", private_key_pem=key.private_key_pem)
    SensitiveFile(stack, "file", filename="server.pem", content=Fn.join("\n", [server.cert_pem, authority.cert_pem]))
    output(stack, "fingerprint", public.public_key_fingerprint_sha256)
    output(stack, "common_name", authority.subject.get(0).common_name)
    output(stack, "ends", Fn.formatdate("YYYY", server.validity_end_time))
    output(stack, "renew", Fn.conditional(server.ready_for_renewal, "now", "later"))
