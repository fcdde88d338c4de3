"""synth, plan, deploy, destroy and output: what is done, in which order, and what is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.state.storage import StateStorage
from constructs_ims.backend.sandbox import Sandbox

ADDRESS = "huaweicloud_ims_image_metadata.a"


@pytest.fixture
def two(ci: Any) -> Any:
    """A project in which the stack web reads the stack base."""
    remote = {"base": {"backend": "local", "config": {"path": "terraform.base.tfstate"}}}
    ci.add(
        "web",
        manifest={"dependencies": ["base"]},
        data={"terraform_remote_state": remote},
        output={"base_id": {"value": "${data.terraform_remote_state.base.outputs.id}"}},
    )
    ci.add("base")
    return ci


def test_stacks_are_synthesized(two: Any) -> None:
    ran = two("synth")

    assert ran.status == 0
    assert "  the app speaks" in ran.out
    assert "Synthesized web, base in " in ran.out
    assert not (two.directory / ".constructs-ims").exists()


def test_plan_is_terraforms_and_changes_nothing(two: Any) -> None:
    ran = two("plan", "base")

    assert ran.status == 0
    assert f"# {ADDRESS} will be created" in ran.out
    assert two("plan", "base", "--detailed-exitcode", "--no-such-flag").status == 2
    with_changes = two("diff", "base", "--detailed-exitcode")
    assert (with_changes.status, with_changes.err) == (2, "")
    assert f"# {ADDRESS} will be created" in with_changes.out
    assert two.images() == 0


def test_plan_counts_what_nobody_gave_and_only_the_apply_will_tell(ci: Any) -> None:
    images = {"a": {"name": "a", "min_disk": 40}, "b": {"name": "b", "tags": [f"of=${{{ADDRESS}.id}}"]}}
    ci.add("web", resource={"huaweicloud_ims_image_metadata": images})

    shown, in_full = ci("plan").out, ci("plan", "--full").out

    assert (
        '  + resource "huaweicloud_ims_image_metadata" "a" {\n'
        "      + min_disk = 40\n"
        '      + name     = "a"\n'
        "        # (58 attributes known after apply)\n"
        "    }\n"
    ) in shown
    assert '      + name = "b"\n      + tags = (known after apply)\n        # (58 attr' in shown
    assert in_full.count("= (known after apply)") == 2 * (58 + 1)
    assert "attributes known after apply" not in in_full


def test_stacks_are_deployed_after_those_they_read(two: Any) -> None:
    ran = two("deploy")

    assert ran.status == 0
    assert ran.out.index("\nbase  1 to add") < ran.out.index("\nweb  1 to add")
    assert f"+ {ADDRESS}  created  " in ran.out
    assert "Done  1 added, 0 changed, 0 destroyed in " in ran.out
    assert "  secret = <sensitive>" in ran.out
    assert two.images() == 2
    assert two("plan", "--detailed-exitcode").status == 0
    assert "base  no changes" in two("deploy").out


def test_stacks_are_destroyed_before_those_they_read(two: Any) -> None:
    two("deploy")

    ran = two("destroy")

    assert ran.status == 0
    assert ran.out.index("\nweb  0 to add") < ran.out.index("\nbase  0 to add")
    assert two.images() == 0


def test_deployment_without_what_it_builds_on_is_refused(two: Any) -> None:
    refused = two("deploy", "web")
    assert refused.status == 1
    assert "Error: Stacks left out" in refused.err
    assert "The chosen stacks build on base, which is not among them." in refused.err
    assert two.images() == 0

    two("deploy", "base")
    ran = two("deploy", "w*", "--ignore-missing-stack-dependencies")

    assert ran.status == 0
    assert ran.err == ""


def test_destruction_of_what_others_build_on_is_refused(two: Any) -> None:
    two("deploy")

    refused = two("destroy", "base")

    assert refused.status == 1
    assert "web builds on the chosen stacks, and would lose their outputs." in refused.err
    assert two.images() == 2
    two("destroy", "web")
    assert two("destroy", "base").status == 0
    assert two.images() == 0


def test_dependents_can_be_destroyed_when_the_outputs_they_read_are_gone(two: Any) -> None:
    two("deploy")
    assert two("destroy", "base", "--ignore-missing-stack-dependencies").status == 0
    assert two("plan", "web").status == 1

    ran = two("destroy", "web")

    assert ran.status == 0
    assert "Warning: Destroyed without refresh" in ran.err
    assert two.images() == 0


@pytest.mark.parametrize("words", [("output", "web"), ("synth", "web"), ("plan", "web")], ids=" ".join)
def test_looking_at_one_stack_needs_no_other(two: Any, words: tuple[str, ...]) -> None:
    two("deploy")

    ran = two(*words)

    assert (ran.status, ran.err) == (0, "")


def test_stacks_are_planned_with_what_the_plans_before_them_foresee(two: Any) -> None:
    fresh = two("plan")

    assert fresh.status == 0
    assert "base_id = (known after apply)" in fresh.out
    assert "base_id" in two("plan", "--json").json()["stacks"]["web"]["plan"]["output_changes"]

    two("deploy")
    two.add("base", output={"id": {"value": "moved"}})

    assert '-> "moved"' in two("plan").out
    assert two("plan", "web", "--detailed-exitcode").status == 0
    two("deploy")
    assert two("plan", "--detailed-exitcode").status == 0


@pytest.fixture
def failing(two: Any) -> Any:
    """The same project, and a stack that fails between the two."""
    two.add("web", manifest={"dependencies": ["base", "bad"]})
    broken = {"name": "bad", "min_disk": 5, "//": {"metadata": {"path": "bad/tree/a", "uniqueId": "a"}}}
    two.add("bad", resource={"huaweicloud_ims_image_metadata": {"a": broken}})
    return two


def test_failure_names_stack_construct_line_and_what_is_not_begun(failing: Any) -> None:
    content = json.dumps(failing.stacks["bad"]["content"])

    ran = failing("deploy")

    assert ran.status == 1
    assert ran.err == (
        "\nError: Invalid min disk\n"
        '  in stack "bad"\n'
        "  in construct bad/tree/a\n"
        f"  with {ADDRESS}\n"
        "  on cdktf.out/stacks/bad/cdk.tf.json line 1\n"
        f"     1: {content}\n"
        "\nmin_disk is 5. Use 10 to 1024 GB.\n"
        "\nFailed  bad; not begun: web\n"
    )


def test_failure_as_json_names_stack_construct_and_file(failing: Any) -> None:
    document = failing("deploy", "--json").json()

    assert document["ok"] is False
    assert {name: stack["status"] for name, stack in document["stacks"].items()} == {
        "base": "done",
        "bad": "failed",
        "web": "not begun",
    }
    (found,) = document["diagnostics"]
    assert (found["stack"], found["construct"], found["address"]) == ("bad", "bad/tree/a", ADDRESS)
    assert found["range"]["filename"] == "cdktf.out/stacks/bad/cdk.tf.json"
    assert found["snippet"]["start_line"] == 1


def test_only_chosen_stacks_are_in_json(two: Any) -> None:
    for words in (("synth", "base"), ("plan", "base"), ("deploy", "base"), ("output", "base")):
        assert list(two(*words, "--json").json()["stacks"]) == ["base"]


def test_outputs_without_running_the_app(two: Any) -> None:
    two("deploy")
    (two.directory / "main.py").write_text("raise SystemExit(1)")

    stacks = two("output", "--json").json()["stacks"]

    assert stacks["base"]["outputs"]["secret"]["value"] == "hush"
    assert stacks["web"]["outputs"]["base_id"] == stacks["base"]["outputs"]["id"]
    assert "Outputs of base" in two("output").out


def test_results_as_json(two: Any) -> None:
    plan = two("plan", "base", "--json").json()["stacks"]["base"]["plan"]
    deployed = two("deploy", "--json").json()

    assert plan["format_version"] == "1.2"
    assert deployed["ok"] is True
    assert deployed["stacks"]["base"]["actions"] == {ADDRESS: ["create"]}
    assert deployed["stacks"]["base"]["added"] == 1


def test_outputs_go_to_a_file_without_secrets(two: Any, tmp_path: Path) -> None:
    two("deploy", "--outputs-file", "outputs.json")
    plain = json.loads((tmp_path / "outputs.json").read_text())
    two("deploy", "--outputs-file", "outputs.json", "--outputs-file-include-sensitive-outputs")
    whole = json.loads((tmp_path / "outputs.json").read_text())

    assert set(plain["base"]) == {"id"}
    assert whole["base"] == {**plain["base"], "secret": "hush"}


def test_who_wants_to_be_asked_is_asked(two: Any) -> None:
    refused = two("deploy", "base", "--ask", stdin="no\n")
    assert refused.status == 1
    assert f"# {ADDRESS} will be created" in refused.out
    assert "__os_type" not in refused.out
    assert "Left as it is  base\n" in refused.out
    assert two.images() == 0

    assert "Error: Nobody to ask" in two("deploy", "base", "--ask").err
    assert two("deploy", "base", "--ask", stdin="yes\n").status == 0
    assert two("deploy", "base", "--auto-approve").status == 0
    assert two.images() == 1


def test_variables_are_given(ci: Any) -> None:
    ci.add("web", variable={"word": {"type": "string"}}, output={"word": {"value": "${var.word}"}})

    assert "No value for required variable" in ci("deploy").err
    assert 'word = "given"' in ci("deploy", "--var", "word=given").out


def test_warnings_of_the_app_are_shown_and_errors_stop(ci: Any) -> None:
    note = {"constructPath": "web/image", "message": "Think again."}
    ci.add("web", manifest={"annotations": [{**note, "level": "@cdktf/warn"}]})
    assert ci("deploy").err == (
        '\nWarning: Warning by a construct\n  in stack "web"\n  in construct web/image\n\nThink again.\n'
    )

    ci.add("web", manifest={"annotations": [{**note, "level": "@cdktf/error"}]})
    ran = ci("destroy")
    assert ran.status == 1
    assert "Error: Error by a construct" in ran.err
    assert "in construct web/image" in ran.err
    assert ci.images() == 1


def test_each_warning_is_shown_once_under_its_own_name(ci: Any) -> None:
    messages = ["Image without a name: Name it.", "No OS version: Give one.", "No OS version: Give one."]
    notes = [{"constructPath": "web/a", "message": message, "level": "@cdktf/warn"} for message in messages]
    ci.add("web", manifest={"annotations": notes})

    shown = ci("deploy").err

    assert shown.count("Warning: Image without a name\n") == 1
    assert shown.count("Warning: No OS version\n") == 1
    assert "similar" not in shown


def test_what_a_sound_app_writes_to_standard_error_is_shown(ci: Any) -> None:
    ci.add("web")
    with (ci.directory / "main.py").open("a") as app:
        app.write("\nimport sys; print('deprecated', file=sys.stderr)")

    assert ci("synth").err == "  deprecated\n"
    as_json = ci("synth", "--json")
    assert as_json.err == "deprecated\n"
    assert as_json.json()["ok"] is True


def test_advice_of_node_on_cdktf_is_kept_back(ci: Any) -> None:
    ci.add("web")
    with (ci.directory / "main.py").open("a") as app:
        app.write(
            "\nimport sys; print('(node:7) [DEP0044] DeprecationWarning: The `util.isArray` API is deprecated.\\n"
            "(Use `node --trace-deprecation ...` to show where the warning was created)\\nmine', file=sys.stderr)"
        )

    assert ci("synth").err == "  mine\n"


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "pass"], ids=["fails", "forgets to synthesize"])
def test_outputs_outlive_an_app_that_fails(two: Any, code: str) -> None:
    two("deploy")
    (two.directory / "main.py").write_text(code)
    assert two("synth").status == 1

    assert "Outputs of base" in two("output").out


def test_outputs_of_a_project_never_run_name_what_to_do(two: Any) -> None:
    ran = two("output")

    assert ran.status == 1
    assert "Run the app first: constructs-ims synth" in " ".join(ran.err.split())


def test_stack_without_outputs_says_so(two: Any) -> None:
    two("synth")

    assert two("output", "base").out == "\nNo outputs of base\n"


def test_project_is_found_from_inside(two: Any) -> None:
    inside = two.directory / "a" / "b"
    inside.mkdir(parents=True)
    two.monkeypatch.chdir(inside)

    assert two("deploy").status == 0
    assert two.images() == 2
    assert list(inside.iterdir()) == []


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        ("cdktf.json", "Error: Broken project file"),
        ("main.py", "Error: App failed"),
        ("stacks.json", "Error: App failed"),
    ],
)
def test_broken_project_is_reported(two: Any, broken: str, text: str) -> None:
    (two.directory / broken).write_text("{")

    ran = two("deploy")

    assert ran.status == 1
    assert text in ran.err


def test_missing_project_is_reported_in_json_too(ci: Any) -> None:
    (ci.directory / "cdktf.json").unlink()

    ran = ci("deploy", "--json")

    assert ran.status == 1
    assert ran.json()["ok"] is False
    assert ran.json()["diagnostics"][0]["summary"] == "No project here"


def test_app_can_be_named_on_the_command_line(two: Any) -> None:
    (two.directory / "cdktf.json").unlink()

    assert two("synth", "--app", "python main.py", "--output", "elsewhere").status == 0
    assert (two.directory / "elsewhere" / "manifest.json").is_file()


def test_unknown_stack_has_a_hint(two: Any) -> None:
    ran = two("deploy", "webb")

    assert ran.status == 1
    assert 'Did you mean "web"?' in ran.err


def test_refused_change_leaves_the_image_alone(ci: Any) -> None:
    ci.add("web", image="first")
    ci("deploy")
    ci.add("web", image="second")

    ran = ci("deploy")

    assert ran.status == 1
    assert "name can't be updated, first -> second" in ran.err
    assert ci.images() == 1


def test_nothing_is_left_beside_sandbox_and_output(two: Any) -> None:
    before = {path.name for path in two.directory.iterdir()}

    two("deploy")

    assert {path.name for path in two.directory.iterdir()} - before == {".constructs-ims", "cdktf.out"}


@pytest.fixture
def in_lines(ci: Any) -> None:
    """Have the app write its stacks in lines, as cdktf does."""
    main = ci.directory / "main.py"
    main.write_text(main.read_text().replace('json.dumps(stack["content"])', 'json.dumps(stack["content"], indent=2)'))


@pytest.fixture
def foreign(ci: Any) -> Any:
    """A project with an object of a provider that is not here."""
    ci.add("web", resource={"random_id": {"x": {"byte_length": 4}}}, output={"x": {"value": "1"}})
    return ci


def test_simulated_objects_are_marked(foreign: Any) -> None:
    assert "(simulated: no provider for this type is at hand)" in foreign("plan").out
    for command in ("plan", "deploy"):
        assert foreign(command, "--json").json()["stacks"]["web"]["simulated"] == ["random_id.x"]


@pytest.mark.parametrize(
    ("words", "variable"),
    [(("--no-simulation",), "on"), ((), "off")],
    ids=["option", "variable"],
)
@pytest.mark.parametrize("command", ["plan", "deploy"])
def test_simulation_can_be_switched_off(foreign: Any, command: str, words: tuple[str, ...], variable: str) -> None:
    foreign.monkeypatch.setenv("CONSTRUCTS_IMS_SIMULATE", variable)

    ran = foreign(command, *words)

    assert ran.status == 1
    assert "Error: Provider not available" in ran.err
    assert "--no-simulation" in ran.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CONSTRUCTS_IMS_ENGINE", "terrafrom", 'CONSTRUCTS_IMS_ENGINE is "terrafrom".'),
        ("CONSTRUCTS_IMS_SIMULATE", "no", 'CONSTRUCTS_IMS_SIMULATE is "no". Use "on"'),
        ("CONSTRUCTS_IMS_ENGINE", "terraform", "Error: Engine not at hand"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "deploy", "destroy"])
def test_settings_that_cannot_be_are_refused(two: Any, command: str, name: str, value: str, said: str) -> None:
    two.monkeypatch.setenv(name, value)

    ran = two(command)

    assert ran.status == 1
    assert said in ran.err
    assert "Synthesized" not in ran.out


def test_where_terraform_is_needed_its_command_is_named(ci: Any) -> None:
    ci.add("web", ephemeral={"x_secret": {"s": {}}})

    ran = ci("deploy")

    assert "Error: Needs Terraform" in ran.err
    assert "\n  CONSTRUCTS_IMS_ENGINE=terraform terraform-ims -chdir=cdktf.out/stacks/web init && " in ran.err


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_parallelism_is_a_number_of_objects(two: Any, count: str) -> None:
    ran = two("plan", f"--parallelism={count}")

    assert ran.status == 2
    assert f'"{count}" is no number of objects. Use 1 or more.' in ran.err


@pytest.mark.parametrize("words", [("--var", "word"), ("--target", "a.b[")], ids=["variable", "target"])
def test_options_are_called_as_they_are_here(two: Any, words: tuple[str, ...]) -> None:
    ran = two("plan", "base", *words)

    assert ran.status == 1
    assert re.search(r"(?<!-)-(var|target)\b", ran.err) is None


def test_missing_and_undeclared_variables_are_told_in_words_of_cdktf(ci: Any) -> None:
    ci.add("web", variable={"word": {"type": "string"}})

    missing = " ".join(ci("plan").err.split())
    undeclared = " ".join(ci("plan", "--var=word=x", "--var=ward=x").err.split())

    assert 'The stack input variable "word" is not set' in missing
    assert "Use a --var or --var-file command line argument" in missing
    assert "the stack does not declare a variable of that name" in undeclared
    assert "add a TerraformVariable to the stack" in undeclared


def test_refused_change_reads_well(ci: Any) -> None:
    ci.add("web", image="first")
    ci("deploy")
    ci.add("web", image="second")

    said = ci("deploy").err
    assert said.startswith("\nError: Image cannot be updated\n  in stack")
    assert "\n\nname can't be updated, first -> second. The service cannot" in said
    assert "enable_force_new=True" in said
    (found,) = ci("deploy", "--json").json()["diagnostics"]
    assert found["summary"] == "Image cannot be updated"
    assert found["detail"].startswith("name can't be updated, first -> second. ")


def test_place_of_a_fault_is_the_object_where_terraform_has_its_closing_bracket(ci: Any, in_lines: None) -> None:
    image = {"name": "first", "//": {"metadata": {"path": "web/tree/a", "uniqueId": "a"}}}
    ci.add("web", resource={"huaweicloud_ims_image_metadata": {"a": image}})
    ci("deploy")
    ci.add("web", resource={"huaweicloud_ims_image_metadata": {"a": {**image, "name": "second"}}})

    said = ci("deploy").err

    assert "\n  in construct web/tree/a\n" in said
    assert re.search(r'\n  on cdktf.out/stacks/web/cdk.tf.json line (\d+)\n +\1: +"a": {\n', said)


def test_construct_is_named_for_every_line_of_it(ci: Any, in_lines: None) -> None:
    image = {"name": "a", "min_dsk": 40, "//": {"metadata": {"path": "web/tree/a", "uniqueId": "a"}}}
    ci.add("web", resource={"huaweicloud_ims_image_metadata": {"a": image}})

    said = ci("plan").err

    assert '  in stack "web"\n  in construct web/tree/a\n  on cdktf.out/stacks/web/cdk.tf.json line ' in said
    assert '"min_dsk": 40,\n' in said


def test_provisioners_that_are_not_run_are_told_of(ci: Any) -> None:
    provisioner = [{"local-exec": {"command": "touch ran"}}]
    ci.add("web", resource={"huaweicloud_ims_image_metadata": {"a": {"name": "web", "provisioner": provisioner}}})

    said = " ".join(ci("deploy").err.split())

    assert said == (
        f'Warning: Provisioners are not run in stack "web" The provisioners of {ADDRESS} are not run offline. '
        "The real Terraform runs them: constructs-ims run -- cdktf deploy"
    )
    assert not list(ci.directory.rglob("ran"))


def test_moves_and_imports_are_told_of(ci: Any) -> None:
    ci.add("web")
    ci("deploy")
    images = {"b": {"name": "web"}}
    moved = [{"from": ADDRESS, "to": "huaweicloud_ims_image_metadata.b"}]
    ci.add("web", resource={"huaweicloud_ims_image_metadata": images}, output={"x": {"value": 1}}, moved=moved)

    assert f"  = huaweicloud_ims_image_metadata.b  moved from {ADDRESS}\nDone  0 added" in ci("deploy").out

    (image,) = Sandbox(ci.directory / ".constructs-ims").images()
    imports = [{"to": ADDRESS, "id": image["id"]}]
    ci.add("other", resource={"huaweicloud_ims_image_metadata": {"a": {"name": "web"}}}, **{"import": imports})

    assert f"  = {ADDRESS}  imported  {image['id']}\nDone  1 imported, 0 added" in ci("deploy", "other").out
    assert ci("deploy", "other", "--json").json()["stacks"]["other"]["imported"] == 0


def test_template_where_terraform_takes_an_address_reads_well(ci: Any) -> None:
    watching = {"lifecycle": {"replace_triggered_by": [f"${{{ADDRESS}}}"]}}
    ci.add("web", resource={"huaweicloud_ims_image_metadata": {"a": {"name": "a"}}, "terraform_data": {"b": watching}})

    said = " ".join(ci("plan").err.split())

    assert said.count("Error: ") == 1
    assert "Error: Template in replace_triggered_by" in said
    assert f'"${{{ADDRESS}}}" is a template, and Terraform takes an address alone here' in said
    assert 'f"{watched.terraform_resource_type}.{watched.friendly_unique_id}"' in said


def test_depends_on_of_an_output_as_cdktf_writes_it_is_told_with_its_mend(ci: Any) -> None:
    images = {"huaweicloud_ims_image_metadata": {"a": {"name": "a"}}}
    ci.add("web", resource=images, output={"x": {"value": 1, "depends_on": [f"${{{ADDRESS}}}"]}})

    said = " ".join(ci("plan").err.split())

    assert said.count("Error: ") == 1
    assert f'output.add_override("depends_on", ["{ADDRESS}"])' in said
    ci.add("web", resource=images, output={"x": {"value": 1, "depends_on": [ADDRESS]}})
    assert ci("deploy").status == 0


@pytest.mark.parametrize("name", ["nowhere/outputs.json", "."], ids=["no directory", "a directory"])
def test_outputs_file_is_checked_before_anything_is_deployed(two: Any, name: str) -> None:
    ran = two("deploy", "--outputs-file", name)

    assert ran.status == 1
    assert "Error: Outputs file not writable" in ran.err
    assert two.images() == 0


def test_damaged_state_names_stack_file_and_backup(ci: Any) -> None:
    ci.add("web")
    ci("deploy")
    ci("destroy")
    state = ci.directory / ".constructs-ims" / "stacks" / "web" / "terraform.tfstate"
    state.write_text('{"version": 4, "resources": [{"a": 1}]}')

    ran = ci("deploy")
    said = " ".join(ran.err.split())

    assert ran.status == 1
    assert 'in stack "web"' in said
    assert 'lacks its mode, type or name: {"a": 1}' in said
    assert f"The file is {state}." in said
    assert "terraform.tfstate.backup beside it is the state as it was before the last run." in said


def test_reader_that_has_gone_is_no_error(ci: Any) -> None:
    ci.add("web")
    command = [sys.executable, "-m", "constructs_ims.cli.main", "plan"]
    with subprocess.Popen(
        command, cwd=ci.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_run_that_waits_for_another_says_so(ci: Any) -> None:
    ci.add("web")
    ci("deploy")
    lock = StateStorage(ci.directory / ".constructs-ims" / "stacks" / "web").lock
    assert lock.acquire("OperationTypeApply") == []
    ended = threading.Timer(0.5, lock.release)
    ended.start()

    ran = ci("plan")

    ended.join()
    assert (ran.status, ran.err) == (0, "Another run is at work on web; waiting for it to end.\n")


@pytest.mark.e2e
def test_deployments_at_once_create_each_image_once(two: Any) -> None:
    slow = "import time; time.sleep(0.3)\n" + (two.directory / "main.py").read_text()
    (two.directory / "main.py").write_text(slow)
    command = [sys.executable, "-m", "constructs_ims.cli.main", "deploy"]
    synthesis = [sys.executable, "-m", "constructs_ims.cli.main", "synth"]

    running = [
        subprocess.Popen(words, cwd=two.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words in (command, synthesis, command, command)
    ]
    time.sleep(0.2)
    running[1].kill()
    for process in running:
        process.wait()

    assert two("deploy").status == 0
    assert sorted(two.image_names()) == ["base", "web"]
    assert two("sandbox", "list", "--json").json()["stacks"] == ["base", "web"]


REMOTE_STATES = {
    "local": {"path": "/elsewhere/writer.tfstate"},
    "gcs": {"bucket": "states", "prefix": "writer"},
    "s3": {"bucket": "states", "key": "writer.tfstate", "region": "eu-west-1"},
    "remote": {"organization": "acme", "workspaces": {"name": "writer"}},
}
WRITERS = {"remote": {"cloud": {"organization": "acme", "workspaces": {"name": "writer", "project": "images"}}}}


@pytest.fixture(params=REMOTE_STATES)
def reading(ci: Any, request: pytest.FixtureRequest) -> Any:
    """A project whose first stack reads the state of the second, of which the app does not speak."""
    backend, config = request.param, REMOTE_STATES[request.param]
    ci.add(
        "a-reader",
        data={"terraform_remote_state": {"other": {"backend": backend, "config": config}}},
        output={"seen": {"value": "${data.terraform_remote_state.other.outputs.id}"}},
    )
    ci.add("b-writer", terraform={**TERRAFORM, **WRITERS.get(backend, {"backend": {backend: config}})})
    return ci


TERRAFORM = {"required_providers": {"huaweicloud": {"source": "huaweicloud/huaweicloud"}}}


def test_stacks_are_deployed_after_those_whose_states_they_read(reading: Any) -> None:
    planned = reading("plan")
    deployed = reading("deploy")

    assert (planned.status, planned.err) == (0, "")
    assert (deployed.status, deployed.err) == (0, "")
    assert deployed.out.index("\nb-writer  1 to add") < deployed.out.index("\na-reader  1 to add")
    destroyed = reading("destroy")
    assert (destroyed.status, destroyed.err) == (0, "")
    assert destroyed.out.index("\na-reader  0 to add") < destroyed.out.index("\nb-writer  0 to add")


def test_reader_is_deployed_by_itself_once_there_is_what_it_reads(reading: Any) -> None:
    reading("deploy", "b-writer")

    assert reading("deploy", "a-reader").status == 0


def test_circle_of_reads_is_told_with_the_mend(ci: Any) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        state = {"backend": "gcs", "config": {"bucket": other}}
        ci.add(
            name,
            terraform={**TERRAFORM, "backend": {"gcs": {"bucket": name}}},
            data={"terraform_remote_state": {"other": state}},
        )
    ci.add("alone")
    ci.add("above", manifest={"dependencies": ["a"]})

    for command in ("plan", "deploy", "destroy"):
        ran = ci(command)
        assert ran.status == 1
        assert "Error: Stacks in a circle" in ran.err
        assert re.search("a -> b -> a|b -> a -> b", " ".join(ran.err.split()))
        assert re.search(r"\nFailed  [ab]; not begun: ", ran.err)
        assert "alone" not in ran.err
        assert sorted(ci.image_names()) == {"plan": [], "deploy": ["alone"], "destroy": []}[command]
    assert ci("synth").status == 0


def test_stack_that_fails_leaves_out_those_that_need_it_and_no_others(failing: Any) -> None:
    failing.add("alone")
    failing.add("above", manifest={"dependencies": ["web"]})

    for command in ("plan", "deploy"):
        ran = failing(command)
        assert ran.status == 1
        assert "Failed  bad; not begun: web, above\n" in ran.err

    assert sorted(failing.image_names()) == ["alone", "base"]
    document = failing("deploy", "--json").json()
    statuses = {name: stack["status"] for name, stack in document["stacks"].items()}
    assert statuses == {"base": "done", "alone": "done", "bad": "failed", "web": "not begun", "above": "not begun"}


BROKEN: dict[str, Any] = {"module": {"vpc": {"version": "5.0.0"}}}
UNPLANNABLE = {
    "a module without a source": BROKEN,
    "a function that fails": {"locals": {"x": '${file("/nowhere")}'}, "output": {"x": {"value": "${local.x}"}}},
    "a variable without a value": {"variable": {"x": {"type": "string"}}},
    "an argument that is none": {"resource": {"huaweicloud_ims_image_metadata": {"a": {"naem": "x"}}}},
}


@pytest.mark.parametrize("blocks", UNPLANNABLE.values(), ids=UNPLANNABLE)
def test_destroying_needs_no_plan(ci: Any, blocks: dict[str, Any]) -> None:
    ci.add("base")
    ci.add("upper", manifest={"dependencies": ["base"]})
    ci.add("never", manifest={"dependencies": ["upper"]}, **blocks)
    ci("deploy", "base", "upper")
    ci.add("upper", manifest={"dependencies": ["base"]}, **blocks)

    ran = ci("destroy")

    assert ran.status == 0
    assert ci.images() == 0
    assert ran.out.index("\nnever  no changes") < ran.out.index("\nupper  0 to add") < ran.out.index("\nbase  0 to add")
    assert ran.err.count("Warning: ") == ran.err.count("Warning: Destroyed without refresh") == 1
    assert 'in stack "upper"' in ran.err


def test_destroying_needs_no_state_of_another_stack(ci: Any) -> None:
    state = {"backend": "local", "config": {"path": "terraform.gone.tfstate"}}
    ci.add(
        "web",
        data={"terraform_remote_state": {"x": state}},
        output={"x": {"value": "${data.terraform_remote_state.x.outputs.y}"}},
    )

    assert ci("deploy").status == 0
    assert ci.images() > 0
    assert ci("destroy").status == 0
    assert ci.images() == 0


def test_objects_are_destroyed_from_the_state_in_their_order(ci: Any) -> None:
    first = {"a": {"name": "first"}}
    second = {"name": "second", "tags": ["of=${huaweicloud_ims_image_metadata.a.id}"]}
    ci.add("web", resource={"huaweicloud_ims_image_metadata": {**first, "b": second}})
    ci("deploy")
    ci.add("web", **BROKEN)

    ran = ci("destroy")

    assert ran.out.index("- huaweicloud_ims_image_metadata.b") < ran.out.index("- huaweicloud_ims_image_metadata.a")


def test_protected_object_is_not_destroyed_from_the_state(ci: Any) -> None:
    ci.add("web")
    ci("deploy")
    protected = {"a": {"name": "web", "lifecycle": {"prevent_destroy": True}}}
    for more in ({}, BROKEN):
        ci.add("web", resource={"huaweicloud_ims_image_metadata": protected}, **more)

        assert ci("destroy").status == 1
        assert ci.images() == 1


def test_stacks_of_an_app_that_fails_are_destroyed_as_they_were(two: Any) -> None:
    assert "--skip-synth" not in two("destroy", "--app", "exit 1").err
    two("deploy")
    (two.directory / "main.py").write_text("raise SystemExit(1)")

    failed = two("destroy")

    assert failed.status == 1
    assert "Error: App failed" in failed.err
    assert "destroy --skip-synth" in " ".join(failed.err.split())
    assert two("destroy", "--skip-synth").status == 0
    assert two.images() == 0


def test_mistaken_request_destroys_nothing(ci: Any) -> None:
    ci.add("web")
    ci("deploy")

    assert "Value for undeclared variable" in ci("destroy", "--var", "nope=1").err
    assert ci.images() == 1


VARIABLE_FILES = {
    "terraform.tfvars": "word = {!r}",
    "terraform.tfvars.json": '{{"word": {!r}}}',
    "some.auto.tfvars": "word = {!r}",
    "some.auto.tfvars.json": '{{"word": {!r}}}',
}


@pytest.fixture
def asking(ci: Any) -> Any:
    """A project whose stack has a variable without a default."""
    ci.add("web", variable={"word": {"type": "string"}}, output={"word": {"value": "${var.word}"}})
    return ci


@pytest.mark.parametrize("name", VARIABLE_FILES)
@pytest.mark.parametrize("command", ["plan", "deploy", "destroy"])
def test_variable_files_beside_the_project_file_count(
    asking: Any, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    (asking.directory / name).write_text(VARIABLE_FILES[name].format("file").replace("'", '"'))
    inside = asking.directory / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)

    ran = asking(command)

    assert (ran.status, ran.err) == (0, "")
    assert ('"file"' in ran.out) is (command != "destroy")


def test_variable_files_come_in_terraforms_order_and_before_what_is_given(asking: Any) -> None:
    seen = []
    for name in (*VARIABLE_FILES, "given"):
        (asking.directory / name).write_text(VARIABLE_FILES.get(name, "word = {!r}").format(name).replace("'", '"'))
        seen.append(asking("deploy").out.count(f'word = "{name}"'))
    assert seen == [1, 1, 1, 1, 0]

    assert 'word = "option"' in asking("deploy", "--var", "word=option").out
    assert 'word = "given"' in asking("deploy", "--var-file", "given").out


def test_fault_in_a_stack_is_shown_where_it_stands(ci: Any, tmp_path: Path) -> None:
    ci.add("web", output={"wrong": {"value": "${nowhere.at.all}"}})

    ran = ci("plan", "web")

    assert ran.status == 1
    told = " ".join(ran.err.split())
    assert re.search(r"on cdktf\.out/stacks/web/cdk\.tf\.json line \d+", told)
    assert str(tmp_path) not in told
