"""Opens the app; with arguments it is the command line."""

from pixelforge.start import main

if __name__ == "__main__":
    main()
