"""The emulator against a model: whatever is done in whatever order, a dictionary agrees with it."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in

from .conftest import Caller

PROJECTS = [project_in(region).id for region in ("cn-north-4", "ap-southeast-1")]


class EmulatorModel(RuleBasedStateMachine):
    """Two projects, images created, deleted, changed and removed behind the client's back."""

    images = Bundle("images")

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        account = Account("ACCESSKEY", "secret")
        self.call = Caller(create_app(self.store, account), account)
        self.model: dict[str, dict[str, Any]] = {}

    def teardown(self) -> None:
        self.store.close()

    @rule(
        target=images,
        project=st.sampled_from(PROJECTS),
        name=st.text("ab", max_size=2),
        protected=st.booleans(),
        tags=st.lists(st.sampled_from(["a=b", "c=d"]), unique=True),
    )
    def create(self, project: str, **body: Any) -> str:
        made = self.call("POST", "/v2/images", body, headers={"X-Project-Id": project}).json
        assert {key: made[key] for key in body} == body
        assert made["owner"] == project
        self.model[made["id"]] = made
        return str(made["id"])

    @rule(id=images, project=st.sampled_from(PROJECTS))
    def delete(self, id: str, project: str) -> None:
        image = self.model.get(id)
        status = self.call("DELETE", f"/v2/images/{id}", headers={"X-Project-Id": project}).status_code
        if image is None or image["owner"] != project:
            assert status == 404
        elif image["protected"]:
            assert status == 400
        else:
            assert status == 204
            del self.model[id]

    @rule(id=images, status=st.sampled_from(["active", "killed"]), protected=st.booleans())
    def change(self, id: str, **changes: Any) -> None:
        answer = self.call("PATCH", f"/_emulator/images/{id}", changes, signed=False)
        assert answer.status_code == (200 if id in self.model else 404)
        if id in self.model:
            assert {key: answer.json[key] for key in changes} == changes
            self.model[id] = answer.json

    @rule(id=consumes(images))
    def remove(self, id: str) -> None:
        status = self.call("DELETE", f"/_emulator/images/{id}", signed=False).status_code
        assert status == (204 if self.model.pop(id, None) else 404)

    @rule()
    def reset(self) -> None:
        self.call("POST", "/_emulator/reset", signed=False)
        self.model.clear()

    @invariant()
    def lists_agree(self) -> None:
        for project in PROJECTS:
            listed = self.call("GET", "/v2/cloudimages", headers={"X-Project-Id": project}).json["images"]
            expected = [image for image in self.model.values() if image["owner"] == project]
            assert listed == expected[::-1]

    @invariant()
    def filters_agree(self) -> None:
        headers = {"X-Project-Id": PROJECTS[0]}
        listed = self.call("GET", "/v2/cloudimages?tag=a=b&protected=false", headers=headers).json["images"]
        assert {image["id"] for image in listed} == {
            image["id"]
            for image in self.model.values()
            if image["owner"] == PROJECTS[0] and "a=b" in image["tags"] and not image["protected"]
        }


TestEmulatorModel = EmulatorModel.TestCase
TestEmulatorModel.settings = settings(max_examples=30, stateful_step_count=25)
