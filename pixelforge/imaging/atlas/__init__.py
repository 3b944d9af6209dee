"""Data files that game engines read beside a sheet, one small writer a format."""
