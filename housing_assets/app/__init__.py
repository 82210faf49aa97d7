"""The page: a Streamlit application that is a client of the API and nothing else.

``page.py`` is what Streamlit runs; a module for each part of the page; ``client.py`` alone talks to the API.
"""
