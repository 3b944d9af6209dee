"""`python -m pixelforge` is `pixelforge`."""

from pixelforge.start import main

if __name__ == "__main__":
    main()
