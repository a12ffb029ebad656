"""What can be attached is what its name says, whole, bounded, and holds nothing that acts; each refusal says why."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import pikepdf
import pytest

from cxworkflow.uploads import apart
from cxworkflow.uploads.content import check
from cxworkflow.uploads.kinds import KINDS, Unfit
from tests.uploads.samples import SOUND, action, archive, chunk, field, office, pdf, png, relations, saved

pytestmark = pytest.mark.unit

FAR = "https://elsewhere.example/x"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
NAMED = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), pikepdf.Dictionary(F=pikepdf.String("a.exe"))]))


def refused(ending: str, content: bytes, why: str) -> None:
    """It is not taken, for this reason, and the message says what to do."""
    with pytest.raises(Unfit, match=why) as told:
        check(ending, content)
    assert len(str(told.value).split(". ")) > 1, "it says how to mend it"


@pytest.mark.parametrize("ending", KINDS)
def test_a_sound_file_of_every_kind_is_taken(ending: str) -> None:
    check(ending, SOUND[ending])
    assert apart.fault_of(KINDS[ending], SOUND[ending]) is None


@pytest.mark.asvs("V5.2.2")
@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize("other", [*KINDS, "exe", "html", "text"])
def test_a_file_is_what_its_name_says(ending: str, other: str) -> None:
    found = {**SOUND, "exe": b"MZ\x90\x00" + bytes(200), "html": b"<html><script>1</script>", "text": b"Our plan"}
    if other == ending:
        return
    why = "its content is of another kind" if ending[1:] != other[1:] or other == "exe" else "Excel|Word"
    if {ending, other} <= {"docx", "xlsx"}:
        why = "By its content it is no file of"
    refused(ending, found[other], why)


def test_it_is_said_what_a_file_is_instead() -> None:
    refused("pdf", b"MZ\x90\x00" + bytes(200), r"Its name says that it is PDF \(\.pdf\).*Windows Executable")


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("pdf", SOUND["pdf"] + SOUND["docx"]),
        ("pdf", SOUND["pdf"] + b"<script>alert(1)</script>"),
        ("pdf", b"\n" + SOUND["pdf"]),
        ("png", SOUND["png"] + SOUND["docx"]),
        ("png", png(after=b"<?php system('id');")),
        ("png", png(inside=chunk(b"zIPp", SOUND["docx"]))),
        ("png", png(inside=chunk(b"tEXt", b"Comment\0%PDF-1.4\n%%EOF"))),
        ("docx", b"MZ" + SOUND["docx"]),
        ("docx", SOUND["docx"] + SOUND["pdf"]),
        ("docx", archive({"a.txt": "x"})[:0] + b"PK\x03\x04%PDF-1.4" + SOUND["docx"]),
    ],
)
def test_a_file_is_of_one_kind_only(ending: str, content: bytes) -> None:
    with pytest.raises(Unfit):
        check(ending, content)


@pytest.mark.asvs("V1.5.1")
@pytest.mark.parametrize(
    ("parts", "types", "why"),
    [
        ({"word/vbaProject.bin": OLE}, "", "macros"),
        ({"word/thing.bin": OLE}, "", "object of another program"),
        ({}, '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>', "macros"),
        (
            {},
            '<Override PartName="/x" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>',
            "macros",
        ),
        ({"xl/macrosheets/sheet1.xml": "<a/>"}, "", "macros"),
        ({"word/activeX/activeX1.xml": "<a/>"}, "", "ActiveX"),
        ({"xl/externalLinks/externalLink1.xml": "<a/>"}, "", "links to another workbook"),
        ({"xl/connections.xml": "<a/>"}, "", "connections to data"),
        ({"word/media/image1.png": b"MZ\x90\x00"}, "", "a program in it"),
        ({"word/embeddings/inner.zip": archive({"a": "b"})}, "", "another file in it"),
        ({"word/embeddings/inner.docx": office(parts={"a/b.xlsx": office("xlsx")})}, "", "another file in it"),
        ({"word/_rels/settings.xml.rels": relations(("attachedTemplate", FAR, "External"))}, "", "fetches a template"),
        ({"word/_rels/document.xml.rels": relations(("image", FAR, "External"))}, "", "fetches something"),
        ({"word/_rels/document.xml.rels": relations(("oleObject", FAR, "External"))}, "", "fetches something"),
        ({"word/_rels/document.xml.rels": relations(("hyperlink", "file://h/s", "External"))}, "", "no web page"),
        ({"word/_rels/document.xml.rels": relations(("hyperlink", "javascript:x", "External"))}, "", "no web page"),
        ({"word/_rels/document.xml.rels": relations(("aFChunk", "x.html", ""))}, "", "object of another program"),
        ({"word/_rels/document.xml.rels": relations(("image", "../../../etc/passwd", ""))}, "", "outside of it"),
        ({"word/document.xml": "<w:document"}, "", "damaged"),
        ({"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "", "unusual way"),
        ({"word/document.xml": "<a/>".encode("utf-16")}, "", "unusual way"),
        (field('DDEAUTO c:\\\\cmd.exe "/k calc"'), "", r"a field \(DDEAUTO\)"),
        (field('INCLUDEPICTURE "https://x.example/a.png"'), "", r"a field \(INCLUDEPICTURE\)"),
        ({"../../etc/cron.d/x": "x"}, "", "leads out of it"),
        ({"/etc/passwd": "x"}, "", "leads out of it"),
        ({"word\\..\\x": "x"}, "", "leads out of it"),
        ({"C:/x": "x"}, "", "leads out of it"),
        ({"word/DOCUMENT.xml": "<a/>"}, "", "there twice"),
    ],
)
def test_nothing_in_a_word_file_acts_fetches_or_leads_out_of_it(
    parts: dict[str, str | bytes], types: str, why: str
) -> None:
    refused("docx", office(parts=parts, types=types), why)


def test_links_to_pages_pictures_and_the_numbers_behind_a_chart_are_no_fault() -> None:
    links = relations(("hyperlink", FAR, "External"), ("hyperlink", "mailto:a@b.example", "External"))
    sound: dict[str, str | bytes] = {
        "word/_rels/document.xml.rels": links,
        "word/media/image1.png": SOUND["png"],
        "word/embeddings/chart.xlsx": office("xlsx"),
        **field('HYPERLINK "https://elsewhere.example/DDE"'),
    }
    check("docx", office(parts=sound))


def test_a_template_or_an_archive_is_no_document() -> None:
    template = office().replace(b"document.main", b"document.main")
    assert template
    refused("docx", archive({"a.txt": "x"}), "no file of Word")
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    types = f'<Types xmlns="t"><Override PartName="/a" ContentType="{main}.template.main+xml"/></Types>'
    refused("docx", archive({"[Content_Types].xml": types}), "no file of Word")


@pytest.mark.asvs("V5.2.3")
@pytest.mark.parametrize(
    "bomb",
    [
        office(parts={"word/large.xml": b"<a>" + bytes(1) + b" " * 40_000_000}),
        office(parts={f"word/part{number}.xml": "<a/>" for number in range(3_001)}),
        office(parts={"word/embeddings/a.xlsx": office("xlsx", {"xl/large.xml": b" " * 40_000_000})}),
    ],
    ids=["one large part", "many parts", "within another"],
)
def test_what_unpacks_beyond_bounds_is_refused(bomb: bytes) -> None:
    refused("docx", bomb, "much too large|parts; the most allowed")


def test_a_part_that_says_that_it_is_small_is_not_believed() -> None:
    content = office(parts={"word/large.xml": b" " * 40_000_000})
    lied = content.replace(struct.pack("<I", 40_000_000), struct.pack("<I", 1_000))
    refused("docx", lied, "damaged|much too large")


def test_a_word_file_with_a_password_or_packed_unusually_is_refused() -> None:
    made = BytesIO()
    with ZipFile(made, "w") as file:
        file.writestr(ZipInfo("a.xml"), "<a/>", compress_type=14)
    refused("docx", made.getvalue(), "unusual way")
    locked = bytearray(office())
    for begins, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(begins) + flags] |= 1
    refused("docx", bytes(locked), "password")


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({"OpenAction": action("JavaScript", JS=pikepdf.String("app.alert(1)"))}, "a script"),
        ({"OpenAction": action("Launch", F=pikepdf.String("cmd.exe"))}, "starts another program"),
        ({"AA": pikepdf.Dictionary(WC=action("SubmitForm"))}, "sends data away"),
        ({"OpenAction": action("GoTo", Next=pikepdf.Array([action("ImportData")]))}, "fetches data"),
        ({"OpenAction": action("GoToE")}, "another file"),
        ({"Names": pikepdf.Dictionary(JavaScript=NAMED)}, "a script"),
        ({"Names": pikepdf.Dictionary(EmbeddedFiles=NAMED)}, "another file"),
        ({"AcroForm": pikepdf.Dictionary(XFA=pikepdf.Array([]))}, "a form that changes itself"),
    ],
)
def test_nothing_in_a_pdf_acts(entries: dict[str, object], why: str) -> None:
    refused("pdf", pdf(**entries), why)


def test_a_script_is_found_however_its_name_is_written_and_wherever_it_stands() -> None:
    plain = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/J#61vaScript/J#53(x)>>>>endobj\n"
    plain += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    refused("pdf", plain + b"trailer<</Root 1 0 R>>\n%%EOF\n", "a script")


def test_a_pdf_with_a_password_can_not_be_checked() -> None:
    for user in ("secret", ""):
        with pikepdf.new() as made:
            made.add_blank_page()
            locked = saved(made, encryption=pikepdf.Encryption(user=user, owner="owner"))
        refused("pdf", locked, "password")


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n%%EOF", b"%PDF-9.9" + SOUND["pdf"][8:], SOUND["pdf"][:-40], b"%PDF-1.4\n" + bytes(500) + b"%%EOF"],
)
def test_half_a_pdf_is_none(content: bytes) -> None:
    refused("pdf", content, "not whole|damaged|no page")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (png(30_000, 1), "measures 30,000 by 1"),
        (png(19_000, 19_000, rows=b""), "measures 19,000 by 19,000"),
        (png(100, 100, rows=b"\0" * 10), "damaged"),
        (SOUND["png"][:-12], "damaged"),
        (SOUND["png"][:40], "damaged"),
        (SOUND["png"].replace(b"IDAT", b"IDAX"), "damaged"),
        (SOUND["png"][:20] + b"\xff" + SOUND["png"][21:], "damaged|measures"),
        (png(inside=chunk(b"IHDR", bytes(13))), "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
    ],
)
def test_a_picture_really_decodes_within_bounds(content: bytes, why: str) -> None:
    refused("png", content, why)


@pytest.mark.asvs("V1.4.1", "V15.2.2")
def test_a_file_that_breaks_what_reads_it_breaks_nothing_else() -> None:
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packing.compress(bytes(50_000_000)) + packing.flush(zlib.Z_FULL_FLUSH)
    stream = b"x\x9c" + block * 25  # unpacked, more than a gigabyte
    objects = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    listed = f"4 0 obj<</Type/XRef/W[1 2 1]/Size 5/Root 1 0 R/Filter/FlateDecode/Length {len(stream)}>>stream\n"
    end = f"\nendstream endobj\nstartxref\n{len(objects)}\n%%EOF\n"
    bomb = objects + listed.encode() + stream + end.encode()
    assert apart.fault_of(KINDS["pdf"], bomb) in (apart.OUT_OF_BOUNDS, "This PDF is damaged. Save it as PDF once more.")


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "PATIENCE", 0.001)
    assert apart.fault_of(KINDS["png"], SOUND["png"]) == apart.OUT_OF_BOUNDS
