"""The script that Streamlit runs for each session: page config and navigation."""

import streamlit as st

from builder.pages.studio import page

st.set_page_config(page_title="Highrise", layout="wide", initial_sidebar_state="collapsed")
st.navigation([st.Page(page, title="Highrise", url_path="", default=True)], position="hidden").run()
