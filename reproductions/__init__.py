"""What the presets reach on real data, beside what their sources report: `make reproduce` writes docs/reproductions.md."""
