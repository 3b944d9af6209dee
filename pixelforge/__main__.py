"""`python -m pixelforge` is `pixelforge`."""

from pixelforge.cli.app import main

if __name__ == "__main__":
    main()
