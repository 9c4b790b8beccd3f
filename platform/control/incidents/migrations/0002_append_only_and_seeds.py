"""Timeline and custody are append-only, and the first tasks and clocks stand."""

from datetime import date

from django.db import migrations

# kind, order, title, instruction, minutes until due, asked of the region, what was learnt
TASKS = [
    ("", 1, "Tetapkan penanggung jawab dan catat temuan awal", "Siapa menemukan, kapan, di halaman atau berkas mana.",
     30, False, False),
    ("", 2, "Nilai tingkat insiden dan data pribadi yang terdampak",
     "Bila data pribadi terungkap, nyatakan pada halaman insiden: tenggat 3 x 24 jam dihitung sejak diketahui.",
     120, False, False),
    ("", 9, "Pelajaran dari insiden",
     "Tuliskan sebab, apa yang berhasil, dan apa yang diubah agar tidak terulang. Wajib sebelum insiden ditutup.",
     10080, False, True),
    ("judol_text", 1, "Periksa teks yang ditahan dan akun pengirimnya", "", 60, False, False),
    ("judol_text", 2, "Cari teks serupa di wilayah lain", "Pakai sidik teks pada daftar penanda.", 60, False, False),
    ("judol_text", 3, "Pastikan kepada pemilik akun apakah ia menulis teks itu",
     "Bila tidak, ganti kata sandinya bersama dua petugas.", 240, True, False),
    ("judol_page", 1, "Simpan bukti halaman sebagai orang dan sebagai mesin pencari", "", 60, False, False),
    ("judol_page", 2, "Tutup halaman publik wilayah yang terdampak", "", 60, False, False),
    ("judol_page", 3, "Cari tanda yang sama di wilayah lain", "", 60, False, False),
    ("judol_page", 4, "Periksa DNS, akun hosting, dan token verifikasi mesin pencari", "", 240, True, False),
    ("judol_page", 5, "Siapkan permohonan normalisasi TrustPositif bila alamat diblokir", "", 1440, False, False),
    ("malicious_upload", 1, "Karantina berkas dan berkas lain dari pengunggah yang sama", "", 60, False, False),
    ("malicious_upload", 2, "Cari sidik berkas yang sama di wilayah lain", "", 60, False, False),
    ("malicious_upload", 3, "Pastikan kepada pengunggah dari mana berkas berasal", "", 240, True, False),
    ("account_takeover", 1, "Keluarkan semua sesi akun dan kunci akunnya", "", 30, False, False),
    ("account_takeover", 2, "Periksa tindakan akun sejak masuk yang mencurigakan", "", 120, False, False),
    ("account_takeover", 3, "Pulihkan akun bersama pemiliknya dengan dua petugas", "", 480, True, False),
    ("data_leak", 1, "Hentikan ekspor dan tutup jalan keluar data", "", 30, False, False),
    ("data_leak", 2, "Hitung siapa dan data apa yang terungkap", "", 480, False, False),
    ("data_leak", 3, "Siapkan pemberitahuan tertulis kepada subjek data",
     "Pemerintah daerah adalah pengendali data; platform menyiapkan naskahnya.", 2880, True, False),
    ("drift", 1, "Bandingkan berkas dan DNS dengan yang dirilis", "", 30, False, False),
    ("drift", 2, "Ganti server dengan rilis yang bersih", "", 60, False, False),
    ("drift", 3, "Cari jalan masuknya", "", 480, False, False),
    ("outage", 1, "Nyalakan mode cadangan bila halaman tidak terbuka", "", 30, False, False),
    ("outage", 2, "Umumkan cara absen selama gangguan", "", 60, True, False),
    ("outage", 3, "Pulihkan layanan dan bandingkan datanya", "", 480, False, False),
    ("audit_break", 1, "Amankan salinan basis data dan segel terakhir", "", 30, False, False),
    ("audit_break", 2, "Tentukan entri pertama yang rusak", "Jalankan perintah pemeriksaan jejak audit.", 60, False, False),
]

CLOCKS = [
    {
        "code": "bssn",
        "name": "Laporan insiden siber kepada TTIS",
        "hours": 24,
        "starts": "detected",
        "condition": "severe",
        "recipient": "TTIS sektor, tembusan TTIS nasional (BSSN)",
        "sender": "TTIS penyelenggara",
        "parts": ["Kontak pelapor", "Deskripsi insiden", "Kronologi", "Dampak"],
        "source": "Peraturan BSSN 1/2024 Pasal 15",
        "note": "Batas 1 x 24 jam sejak ditemukan berlaku bagi infrastruktur informasi vital (IIV). Bagi penyelenggara "
        "lain batas ini dipakai sebagai batas kerja; sesuaikan dengan arahan TTIS sektor.",
    },
    {
        "code": "pdp",
        "name": "Pemberitahuan kegagalan pelindungan data pribadi",
        "hours": 72,
        "starts": "breach",
        "condition": "personal_data",
        "recipient": "Subjek data pribadi dan lembaga pelindungan data pribadi",
        "sender": "Pemerintah daerah sebagai pengendali data; naskah disiapkan platform sebagai prosesor",
        "parts": ["Data pribadi yang terungkap", "Kapan dan bagaimana data terungkap", "Penanganan dan pemulihan"],
        "source": "UU 27/2022 Pasal 46",
        "note": "Paling lambat 3 x 24 jam, tertulis. Dihitung sejak kegagalan diketahui; dalam hal tertentu juga "
        "diumumkan kepada masyarakat.",
    },
]


def seed(apps, schema_editor):
    template = apps.get_model("incidents", "TaskTemplate")
    names = ("kind", "order", "title", "instruction", "due_minutes", "is_for_region", "is_lessons")
    template.objects.bulk_create(template(**dict(zip(names, task, strict=True))) for task in TASKS)
    legal = apps.get_model("incidents", "LegalClock")
    for values in CLOCKS:
        legal.objects.create(version=1, source_checked_on=date(2026, 11, 23), made_by="platform", **values)


def unseed(apps, schema_editor):
    apps.get_model("incidents", "TaskTemplate").objects.all().delete()
    apps.get_model("incidents", "LegalClock").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER incident_timeline_append_only BEFORE UPDATE OR DELETE ON incidents_timelineentry
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            CREATE TRIGGER incident_custody_append_only BEFORE UPDATE OR DELETE ON incidents_custody
                FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            """
            DROP TRIGGER incident_timeline_append_only ON incidents_timelineentry;
            DROP TRIGGER incident_custody_append_only ON incidents_custody;
            """,
        ),
        migrations.RunPython(seed, unseed),
    ]
