import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import yaml

from tests.house.checkout import ROOT, project, tracked


@contextmanager
def _service(status: int, body: bytes) -> Iterator[int]:
    """A server whose every answer is the same; yields its port."""

    class Same(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the parent's
            pass

    server = HTTPServer(("127.0.0.1", 0), Same)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _check_health(port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "docker" / "healthcheck.py")],
        capture_output=True,
        text=True,
        env={**os.environ, "TRIAGEM_PORT": str(port)},
    )


def test_the_health_check_passes_when_the_service_is_ready() -> None:
    with _service(200, b'{"ready":true}') as port:
        assert _check_health(port).returncode == 0


def test_the_health_check_fails_with_the_reason_when_the_service_is_not_ready() -> None:
    with _service(503, json.dumps({"ready": False, "reasons": ["no articles yet"]}).encode()) as port:
        checked = _check_health(port)
    assert checked.returncode == 1
    assert "no articles yet" in checked.stdout


def test_the_health_check_fails_when_nobody_answers() -> None:
    with _service(200, b"") as port:
        pass
    checked = _check_health(port)
    assert checked.returncode == 1
    assert "No answer from" in checked.stdout


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_state_in_data() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    final = dockerfile.rpartition("\nFROM ")[2]
    assert "\nUSER 10001:10001\n" in final
    assert "\nVOLUME /data\n" in final and "TRIAGEM_DATA_DIR=/data" in final
    assert 'ENTRYPOINT ["/opt/triagem/bin/triagem"]' in final
    assert 'CMD ["serve", "--host", "0.0.0.0"]' in final


def test_every_script_of_the_image_exists_and_ci_runs_the_same_ones() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    scripts = set(re.findall(r"docker/[\w-]+\.sh", dockerfile))
    assert scripts == {path.relative_to(ROOT).as_posix() for path in tracked() if path.match("docker/*.sh")}
    assert scripts == set(re.findall(r"docker/[\w-]+\.sh", ci))
    assert all(os.access(ROOT / script, os.X_OK) for script in scripts)


def test_the_build_context_holds_what_the_wheel_is_made_from() -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["shared-data"], *project()["project"]["license-files"]}
    assert let_in >= needed | {"pyproject.toml", project()["project"]["readme"], "constraints.txt", "docker"}


def test_compose_gives_the_container_nothing_it_does_not_need() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["triagem"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["image"] == f"triagem:{project()['project']['version']}"
