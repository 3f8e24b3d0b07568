"""`python -m mlopt` is the `mlopt` command."""

from mlopt.tools.start import main

if __name__ == "__main__":
    main()
