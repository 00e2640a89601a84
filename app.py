"""Highrise: the page, its feed, its answers to edits and its downloads, behind the gate that says who may come in."""

import sys

import streamlit as st
from starlette.middleware import Middleware

from builder.access import Gate, read_sharing
from builder.pages.service import shared_csv_downloads, shared_draft_answers, shared_feed
from builder.pages.serving import serving

sharing = read_sharing(sys.argv[1:], st.get_option("server.address"))
base_path = st.get_option("server.baseUrlPath")
feed = shared_feed()
app = st.App(
    "builder/pages/main.py",
    routes=[
        *feed.routes(base_path),
        *shared_draft_answers().routes(base_path),
        *shared_csv_downloads().routes(base_path),
    ],
    middleware=[Middleware(Gate, sharing)],
    lifespan=serving(sharing, feed),
)
