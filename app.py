"""Highrise: the page, behind the gate that says who may come in."""

import sys

import streamlit as st
from starlette.middleware import Middleware

from builder.access import Gate, read_sharing
from builder.pages.serving import serving

sharing = read_sharing(sys.argv[1:], st.get_option("server.address"))
app = st.App("builder/pages/main.py", middleware=[Middleware(Gate, sharing)], lifespan=serving(sharing))
