"""Custom Streamlit components: a typed wrapper and built assets for each; their source is in `frontend/`."""
