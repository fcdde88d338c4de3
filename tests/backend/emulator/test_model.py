"""The emulator against a model: whatever is done in whatever order, a dictionary agrees with it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from falcon.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.updates import PATCH

from .conftest import Caller

PROJECTS = [project_in(region).id for region in ("cn-north-4", "ap-southeast-1")]
ANSWERS = {"accept": "accepted", "reject": "rejected"}
ANY_PROJECT = st.sampled_from(PROJECTS)


class EmulatorModel(RuleBasedStateMachine):
    """Two projects, whose images are made, changed, tagged, shared and deleted, also behind the clients' backs."""

    images = Bundle("images")

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        account = Account("ACCESSKEY", "secret")
        self.call = Caller(create_app(self.store, account), account)
        self.model: dict[str, dict[str, Any]] = {}
        self.offers: dict[str, str] = {}
        """The status of each image that is shared with the project that does not own it."""

    def teardown(self) -> None:
        self.store.close()

    def send(self, project: str, method: str, path: str, body: object = None, **headers: str) -> Result:
        return self.call(method, path, body, headers={"X-Project-Id": project, **headers})

    def expected(self, id: str, project: str) -> int:
        """The status that a change of an image is answered with: done, another's, or unknown."""
        image = self.model.get(id)
        if image is None or (image["owner"] != project and id not in self.offers):
            return 404
        return 204 if image["owner"] == project else 400

    def shown(self, id: str) -> dict[str, Any]:
        return dict(self.send(self.model[id]["owner"], "GET", f"/v2/images/{id}").json)

    @rule(
        target=images,
        project=ANY_PROJECT,
        name=st.text("ab", max_size=2),
        protected=st.booleans(),
        tags=st.lists(st.sampled_from(["a=b", "c=d"]), unique=True),
    )
    def create(self, project: str, **body: Any) -> str:
        made = self.send(project, "POST", "/v2/images", body).json
        assert {key: made[key] for key in body} == body
        assert made["owner"] == project
        self.model[made["id"]] = made
        return str(made["id"])

    @rule(id=images, project=ANY_PROJECT)
    def delete(self, id: str, project: str) -> None:
        image, expected = self.model.get(id), self.expected(id, project)
        status = self.send(project, "DELETE", f"/v2/images/{id}").status_code
        if expected == 204 and image is not None and image["protected"]:
            assert status == 400
            return
        assert status == expected
        if status == 204:
            del self.model[id]
            self.offers.pop(id, None)

    @rule(id=images, project=ANY_PROJECT, op=st.sampled_from(["add", "replace", "remove"]), name=st.sampled_from("xy"))
    def update(self, id: str, project: str, op: str, name: str) -> None:
        expected, body = self.expected(id, project), [{"op": op, "path": f"/{name}", "value": op}]
        answer = self.send(project, "PATCH", f"/v2/images/{id}", body, **{"Content-Type": PATCH})
        if expected != 204:
            assert answer.status_code == expected
            return
        image = self.model[id]
        assert answer.status_code == (400 if op != "add" and name not in image else 200)
        if answer.status_code == 200:
            rest = {key: value for key, value in image.items() if key not in (name, "updated_at")}
            changed = {**rest, "updated_at": answer.json["updated_at"], **({} if op == "remove" else {name: op})}
            assert answer.json == changed
            self.model[id] = changed

    @rule(id=images, project=ANY_PROJECT, tag=st.sampled_from(["a=b", "c=d", "plain"]), added=st.booleans())
    def change_tag(self, id: str, project: str, tag: str, added: bool) -> None:
        expected = self.expected(id, project)
        answer = self.send(project, "PUT" if added else "DELETE", f"/v2/images/{id}/tags/{tag}")
        tags = list(self.model[id]["tags"]) if id in self.model else []
        if added and "=" in tag:
            expected = 400  # Glance's call takes a key alone
        if expected == 204 and not added and tag not in tags:
            assert answer.status_code == 404
            return
        assert answer.status_code == expected
        if expected == 204:
            wanted = [*dict.fromkeys([*tags, tag])] if added else [one for one in tags if one != tag]
            self.model[id] = self.shown(id)
            assert self.model[id]["tags"] == wanted

    @rule(id=images)
    def share(self, id: str) -> None:
        if id not in self.model:
            return
        [owner, other] = sorted(PROJECTS, key=lambda project: project != self.model[id]["owner"])
        status = self.send(owner, "POST", f"/v2/images/{id}/members", {"member": other}).status_code
        assert status == (409 if id in self.offers else 200)
        self.offers.setdefault(id, "pending")
        self.model[id] = self.shown(id)
        assert (self.model[id]["visibility"], self.model[id]["__imagetype"]) == ("shared", "shared")

    @rule(id=images, answer=st.sampled_from([*ANSWERS, "end"]))
    def answer_offer(self, id: str, answer: str) -> None:
        if id not in self.model:
            return
        [owner, other] = sorted(PROJECTS, key=lambda project: project != self.model[id]["owner"])
        path = f"/v2/images/{id}/members/{other}"
        if answer == "end":
            assert self.send(owner, "DELETE", path).status_code == (204 if id in self.offers else 404)
            if self.offers.pop(id, None):
                self.model[id] = self.shown(id)
                assert self.model[id]["visibility"] == "private"
            return
        status = self.send(other, "PUT", path, {"status": ANSWERS[answer]}).status_code
        assert status == (200 if id in self.offers else 404)
        if id in self.offers:
            self.offers[id] = ANSWERS[answer]

    @rule(id=images, project=ANY_PROJECT, content=st.binary(min_size=1, max_size=5))
    def upload(self, id: str, project: str, content: bytes) -> None:
        expected = self.expected(id, project)
        answer = self.send(
            project, "PUT", f"/v2/images/{id}/file", content, **{"Content-Type": "application/octet-stream"}
        )
        if expected == 204 and self.model[id]["status"] != "queued":
            assert answer.status_code == 409
            return
        assert answer.status_code == expected
        if expected == 204:
            self.model[id] = self.shown(id)
            assert (self.model[id]["status"], self.model[id]["size"]) == ("active", len(content))
            assert self.send(project, "GET", f"/v2/images/{id}/file").content == content

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
        self.offers.pop(id, None)

    @rule()
    def reset(self) -> None:
        self.call("POST", "/_emulator/reset", signed=False)
        self.model.clear()
        self.offers.clear()

    @invariant()
    def lists_agree(self) -> None:
        for project in PROJECTS:
            listed = self.send(project, "GET", "/v2/cloudimages").json["images"]
            expected = [
                image
                for id, image in self.model.items()
                if image["owner"] == project or self.offers.get(id) == "accepted"
            ]
            assert listed == expected[::-1]

    @invariant()
    def filters_agree(self) -> None:
        listed = self.send(PROJECTS[0], "GET", "/v2/cloudimages?tag=a=b&protected=false").json["images"]
        assert {image["id"] for image in listed} == {
            id
            for id, image in self.model.items()
            if image["owner"] == PROJECTS[0] or self.offers.get(id) == "accepted"
            if "a=b" in image["tags"] and not image["protected"]
        }

    @invariant()
    def offers_agree(self) -> None:
        for status in ("pending", "accepted", "rejected"):
            listed = {
                image["id"]
                for project in PROJECTS
                for image in self.send(
                    project, "GET", f"/v2/cloudimages?visibility=shared&member_status={status}"
                ).json["images"]
            }
            assert listed == {id for id, stands in self.offers.items() if stands == status}


TestEmulatorModel = EmulatorModel.TestCase
TestEmulatorModel.settings = settings(stateful_step_count=25)


@given(plan=st.lists(st.sampled_from(["create", "tag", "update", "delete"]), min_size=20, max_size=60))
def test_clients_at_once_lose_nothing(plan: list[str]) -> None:
    """What many clients do at the same time is what they would have done one after the other."""
    account = Account("ACCESSKEY", "secret")
    with Store() as store:
        call = Caller(create_app(store, account), account)
        shared, doomed = call.create(name="shared")["id"], [call.create(name="doomed")["id"] for _ in plan]

        def act(number: int) -> int:
            match plan[number]:
                case "create":
                    return call("POST", "/v2/images", {"name": f"made-{number}"}).status_code
                case "tag":
                    return call("PUT", f"/v2/images/{shared}/tags/{number % 10}").status_code
                case "update":
                    body = [{"op": "add", "path": f"/x{number}", "value": "y"}]
                    return call("PATCH", f"/v2/images/{shared}", body, headers={"Content-Type": PATCH}).status_code
                case _:
                    return call("DELETE", f"/v2/images/{doomed[number]}").status_code

        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(act, range(len(plan))))

        counts = Counter(plan)
        assert Counter(statuses) == Counter(
            {201: counts["create"], 204: counts["tag"] + counts["delete"], 200: counts["update"]}
        )
        assert store.count() == 1 + len(plan) - counts["delete"] + counts["create"]
        image = call("GET", f"/v2/images/{shared}").json
        assert sorted(image["tags"]) == sorted({str(n % 10) for n, kind in enumerate(plan) if kind == "tag"})
        assert {key for key in image if key.startswith("x")} == {
            f"x{number}" for number, kind in enumerate(plan) if kind == "update"
        }
