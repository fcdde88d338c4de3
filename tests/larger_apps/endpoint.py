"""What a service answers decides what is made."""

from cdktf import App, Fn, Postcondition, TerraformResourceLifecycle, TerraformStack, Token
from cdktf_cdktf_provider_http.data_http import DataHttp
from cdktf_cdktf_provider_http.provider import HttpProvider
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource

from tests.larger_apps import output

OVERRIDE_DATA = {"data.http.release": {"status_code": 200, "response_headers": {"Content-Type": "application/json"}}}


def build(app: App) -> None:
    stack = TerraformStack(app, "endpoint")
    HttpProvider(stack, "http")
    NullProvider(stack, "null")
    release = DataHttp(
        stack,
        "release",
        url="https://releases.test/latest.json",
        request_headers={"Accept": "application/json"},
        lifecycle=TerraformResourceLifecycle(
            postcondition=[
                Postcondition(condition="${self.status_code == 200}", error_message="The service is not there.")
            ]
        ),
    )
    answer = Fn.jsondecode(release.response_body)
    Resource(stack, "install", triggers={"version": Token.as_string(Fn.lookup_nested(answer, ["release", "version"]))})
    output(stack, "version", Fn.lookup_nested(answer, ["release", "version"]))
    output(stack, "type", f'${{{release.fqn}.response_headers["Content-Type"]}}')
