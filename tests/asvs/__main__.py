"""Write the table of ASVS requirements anew, and those of the README."""

from tests.asvs.table import FILE, README, readme, text

if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    README.write_text(readme(), encoding="utf-8")
