"""What prepares the environment, before anything is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

from scripts import environment


def test_an_environment_that_belongs_to_another_checkout_is_never_emptied(tmp_path: Path) -> None:
    checkout, other = tmp_path / "checkout", tmp_path / "other"
    (checkout / "scripts").mkdir(parents=True)
    (checkout / "scripts" / "__init__.py").touch()  # or the scripts that PYTHONPATH names would be found
    (other / "bin").mkdir(parents=True)
    (other / "bin" / "python").touch()
    shutil.copy(environment.__file__, checkout / "scripts" / "environment.py")
    (checkout / "requirements.lock").write_text("uv==0\n")
    (checkout / ".venv").symlink_to(other)

    program = "from scripts import environment; environment.execute('--version')"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "is a link, made from another lock; remove it, and run again" in done.stderr
    assert (other / "bin" / "python").exists()


def test_programs_keep_their_bytecode_in_the_cache_whatever_is_said_of_writing_it() -> None:
    program = (
        "import subprocess, sys; from scripts import environment; "
        "told = 'import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)'; "
        "subprocess.run([sys.executable, '-c', told], env=environment.variables(), check=True)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**environment.variables(), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout == f"False {environment.ROOT / '.cache' / 'bytecode'}\n"
