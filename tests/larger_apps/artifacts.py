"""An archive of files that are written by the stack, and what is done again when its hash changes."""

from cdktf import App, Fn, TerraformResourceLifecycle, TerraformStack, Token
from cdktf_cdktf_provider_archive.data_archive_file import DataArchiveFile, DataArchiveFileSource
from cdktf_cdktf_provider_archive.provider import ArchiveProvider
from cdktf_cdktf_provider_local.data_local_file import DataLocalFile
from cdktf_cdktf_provider_local.file import File
from cdktf_cdktf_provider_local.provider import LocalProvider
from cdktf_cdktf_provider_null.provider import NullProvider
from cdktf_cdktf_provider_null.resource import Resource

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "artifacts")
    ArchiveProvider(stack, "archive")
    LocalProvider(stack, "local")
    NullProvider(stack, "null")
    settings = File(stack, "settings", filename="settings.json", content=Fn.jsonencode({"level": "info", "workers": 4}))
    read = DataLocalFile(stack, "read", filename=settings.filename, depends_on=[settings])
    archive = DataArchiveFile(
        stack,
        "archive_file",
        type="zip",
        output_path="artifact.zip",
        source=[
            DataArchiveFileSource(filename="settings.json", content=settings.content),
            DataArchiveFileSource(filename="checksum", content=settings.content_sha256),
        ],
    )
    upload = Resource(
        stack,
        "upload",
        triggers={"hash": archive.output_base64_sha256, "size": Token.as_string(archive.output_size)},
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    output(stack, "hash", Fn.lookup(upload.triggers, "hash", ""))
    output(stack, "kilobytes", Fn.ceil(Token.as_number(archive.output_size)))
    output(stack, "level", Fn.lookup(Fn.jsondecode(read.content), "level", "none"))
