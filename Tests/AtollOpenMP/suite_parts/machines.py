# SPDX-License-Identifier: Apache-2.0
"""VMs that OpenMP programs run in: an image that holds them, a lab, a group."""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, ROOT + "/Tests/AtollBench")
DIST = ROOT + "/.build/dist-debug"
# Where the VMs have the programs.
PLACE = "/usr/lib/atoll-real"
NAMES = ("one", "two", "three")
REGION = 256 << 20


def is_in_lab() -> bool:
    return bool(os.environ.get("ATOLL_LAB"))


def enter_lab(binaries: list[str], image: str) -> None:
    """Begins this program anew, in a lab whose VMs hold the binaries. Does not return."""
    # Of a tree that is older than OpenMP, programs would run, each as a copy in each VM.
    if not all(os.path.exists(f"{DIST}/bin/{name}") for name in ("atolld", "atoll-openmp")):
        raise SystemExit(f"no {DIST}; make host-wing guest-wing openmp dist CONFIG=debug builds it")
    command = [ROOT + "/guest/image/build", "--dist", DIST]
    for binary in binaries:
        stripped = f"{image}.{os.path.basename(binary)}"
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        command += ["--add", f"{stripped}:{PLACE}/{os.path.basename(binary)}"]
    subprocess.run([*command, image], check=True)
    os.environ["ATOLL_IMAGE"] = image
    os.environ["PATH"] = f"{ROOT}/Tests/Lab:{DIST}/bin:{os.environ['PATH']}"
    sys.stdout.flush()
    os.execv(ROOT + "/Tests/Lab/lab", ["lab", sys.executable, os.path.abspath(sys.argv[0]), *sys.argv[1:]])


class Machines:
    """A group of so many VMs with one region; in a lab."""

    def __init__(self, count: int):
        from world import Daemon, wait_for  # they ask for the lab

        self.names, self.daemon, self.wait_for = NAMES[:count], Daemon(), wait_for

    def __enter__(self) -> "Machines":
        # Defined ones: the group knows a VM that is started again.
        starts = [subprocess.Popen(["vm", "start", name, "--defined"], stdin=subprocess.DEVNULL) for name in self.names]
        if any(start.wait() for start in starts):
            raise SystemExit("a VM did not boot")
        api = self.daemon.__enter__().api
        os.environ["ATOLL_SOCKET"] = self.daemon.socket
        api.ask("POST", "/v1/groups", {"name": "g", "quota": REGION})
        api.ask("POST", "/v1/groups/g/regions", {"name": "r", "size": REGION})
        for name in self.names:
            api.ask("POST", "/v1/groups/g/members", {"vm": name})
        self.joined()
        return self

    def __exit__(self, *_) -> None:
        self.daemon.__exit__()

    def joined(self) -> None:
        """Waits until all VMs take part."""
        self.wait_for("joined", 180, lambda: sum(
            member["state"] == "joined" for member in self.daemon.api.get("/v1/groups/g/members")) == len(self.names))

    def boot_again(self, name: str) -> None:
        running = subprocess.run(["virsh", "-q", "list", "--name"], capture_output=True, text=True, check=True).stdout
        if name not in running.split():
            subprocess.run(["virsh", "-q", "start", name], check=True)
            subprocess.run(["vm", "wait", name], check=True)
        self.joined()

    def processes(self, name: str, program: str) -> str:
        """Those of the program in a VM; they are given a moment to go."""
        found = ""
        for _ in range(50):
            asked = subprocess.run(["vm", "exec", name, f"pidof {program} || true"], capture_output=True, text=True, check=True)
            found = asked.stdout.strip()
            if not found:
                break
            time.sleep(0.1)
        return found

    def doings(self, program: str) -> str:
        """What the program's threads do in each VM, for whoever looks for a fault."""
        shell = (f"for p in $(pidof {program}); do for t in /proc/$p/task/*; do echo $t $(cut -d' ' -f3,14,15 $t/stat)"
                 " $(cat $t/wchan $t/syscall); done; done; ps | tail -n 12")
        return "\n".join(f"{name}:\n" + subprocess.run(
            ["vm", "exec", name, shell], capture_output=True, text=True, check=False).stdout for name in self.names)

    # As a `Launcher`.
    def command(self, vms: int, program: str, arguments: list[str], threads: int) -> list[str]:
        """vms 0: on this machine, with the library that the program was linked with."""
        if vms == 0:
            return [program, *arguments]
        variables = ["--env", f"OMP_NUM_THREADS={threads}", "--env", "OMP_WAIT_POLICY=passive"]
        there = f"{PLACE}/{os.path.basename(program)}"
        return ["env", f"ATOLL_SOCKET={self.daemon.socket}", "atoll", "run", "g", "--vms", str(vms),
                "--threads-per-vm", str(-(-threads // vms)), *variables, "--", there, *arguments]
