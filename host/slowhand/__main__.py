"""`python -m slowhand`."""

from slowhand.cli import main

if __name__ == "__main__":
    main()
