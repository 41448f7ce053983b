"""How fast a file of patients is checked and imported: `python -m tests.bench.imports [rows]`.

It uses the database of the environment (VAR_DIR or DATABASE_URL) and leaves the patients there, so
give it one of its own.
"""

import sys
import time

import django


def main(rows: int) -> None:
    django.setup()
    # Deferred: models need Django to be set up.
    from portal.imports.services import checking, importing, uploads
    from portal.models import Patient, PatientImport
    from tests.factories import AdminFactory

    admin = AdminFactory(email=f"import{time.time_ns()}@example.org")
    begun = _now()
    upload = uploads.upload(_file(rows), file_name="bench.csv", source="", by=admin)
    _say("upload", rows, begun)
    begun = _now()
    uploads.check(upload, mapping=upload.mapping, by=admin)
    upload = PatientImport.objects.get(pk=upload.pk)
    checking.check(upload.pk, run=str(upload.run), by=None)
    _say("check", rows, begun)
    begun, before = _now(), Patient.objects.count()
    uploads.start(upload, by=admin)
    upload = PatientImport.objects.get(pk=upload.pk)
    importing.run_all(upload.pk, run=str(upload.run), by=None)
    _say("import", Patient.objects.count() - before, begun)


def _file(rows: int) -> bytes:
    lines = ["Number;Last name;First name;Date of birth;Gender;Phone;Address"]
    stamp = time.time_ns()
    lines += [
        f"{stamp}-{n};Núñez {n % 997};José {n};{n % 28 + 1:02}.{n % 12 + 1:02}.{1930 + n % 90};m;"
        f"6{n % 100_000_000:08};Main Street {n}, Madrid"
        for n in range(rows)
    ]
    return "\n".join(lines).encode("latin-1")


def _say(step: str, rows: int, begun: tuple[float, float]) -> None:
    seconds, busy = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(f"{step}: {rows} rows in {seconds:.1f} s, of which {busy:.1f} s of this process")


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
