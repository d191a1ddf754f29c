"""The API: `python backend_fastapi/main.py`."""

from app.server import main

if __name__ == "__main__":
    main()
