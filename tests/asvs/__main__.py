"""Write the table of ASVS requirements anew."""

from tests.asvs.table import FILE, text

if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
