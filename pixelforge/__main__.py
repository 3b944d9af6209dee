"""`python -m pixelforge` is `pixelforge`."""

from pixelforge.cli import main

if __name__ == "__main__":
    main()
