"""The page before the app: an access token and a name."""

from html import escape

from builder.workspace.owners import MAX_NAME

_STYLE = """
:root { color-scheme: light dark; --bg: #F5F7FA; --panel: #FFFFFF; --text: #1B2330; --muted: #5B6675; --line: #DDE3EC;
  --accent: #2F6FDE; --danger: #B3261E; }
@media (prefers-color-scheme: dark) { :root { --bg: #12151B; --panel: #1A1F28; --text: #E7EBF2; --muted: #9AA6B6;
  --line: #313A4A; --accent: #4C9BF0; --danger: #FF8A80; } }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; background: var(--bg); color: var(--text);
  font: 15px/1.45 "Source Sans", system-ui, sans-serif; }
main { box-sizing: border-box; width: min(380px, calc(100vw - 32px)); padding: 24px; border: 1px solid var(--line);
  border-radius: 12px; background: var(--panel); }
h1 { margin: 0 0 4px; font-size: 20px; }
p { margin: 0 0 14px; color: var(--muted); }
p.problem { color: var(--danger); }
label { display: block; margin: 0 0 12px; font-weight: 600; }
input { box-sizing: border-box; width: 100%; margin-top: 4px; padding: 8px 10px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--bg); color: inherit; font: inherit; }
button { width: 100%; padding: 9px; border: 0; border-radius: 8px; background: var(--accent); color: #FFFFFF; font: inherit;
  font-weight: 600; cursor: pointer; }
@media (prefers-color-scheme: dark) { button { color: #0B1220; } }
"""


def entrance(token: str = "", name: str = "", next_path: str = "/", problem: str = "", is_host: bool = False) -> str:
    """The page as HTML.

    Args:
        token: As the link has it; asked for if it is empty.
        name: As it was typed before.
        next_path: Where the way goes on.
        problem: Why the last attempt failed.
        is_host: The token is that of whoever started the app, who needs no name.
    """
    token_field = (
        f'<input type="hidden" name="token" value="{escape(token)}">'
        if token
        else '<label>Access token<input name="token" required autocomplete="off" autofocus></label>'
    )
    name_field = (
        ""
        if is_host
        else f'<label>Your name<input name="name" value="{escape(name)}" required maxlength="{MAX_NAME}"'
        f' autocomplete="nickname"{" autofocus" if token else ""}></label>'
    )
    words = (
        "You come in as the host, with everything that was made on this machine."
        if is_host
        else "You come in by the access token that its host gives out. What you build carries your name and is yours alone "
        "to change; others can watch it by its link."
    )
    problem_line = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Come in · Highrise</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style></head>
<body><main><h1>Highrise</h1><p>{words}</p>{problem_line}
<form method="post" action="/join">{token_field}{name_field}
<input type="hidden" name="next" value="{escape(next_path)}"><button>Come in</button></form></main></body></html>"""
