"""A page of the finished site loads what it uses: style rules and icons that no page uses go.

The theme brings a whole design system and a font of icons, 0.7 MB a page, of which 0.2 are used.
Names, brackets and spaces of code, which no rule colours, lose their marks: 0.1 MB a long page.
A rule stays if every class that it names is a word of some page or script of the site (or starts
with a part of a name that a script completes), so that nothing a page can show loses its style.
"""

import io
import logging
import re
from itertools import pairwise
from pathlib import Path

import tinycss2
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONT = re.compile(r'url\("?([^)"]+?)\.woff2"?\) format\("woff2"\),url\("?[^)"]+\.ttf"?\)[^;}]*')
CODE = re.compile(r'<div class="highlight">.*?</div>', re.DOTALL)
TOKEN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
COLOUR = re.compile(r"([^\n{]*\.highlight)( \.\w+)?\s*\{([^}]*)\}")
UNUSED = (
    "vendor/fontawesome/*/js/*",
    "vendor/fontawesome/*/webfonts/*.woff2",
    "vendor/fontawesome/*/webfonts/*.ttf",
    "**/*.map",
)


def lighten(app, exception):
    """Rewrite the style sheets and the icon fonts of the site that was built."""
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    unmark_plain_code(
        Path(app.outdir).glob("**/*.html"), (static / "pygments.css").read_text("utf8")
    )
    others = ("vendor", "mathjax")
    scripts = [p for p in static.glob("**/*.js") if p.relative_to(static).parts[0] not in others]
    text = " ".join(p.read_text("utf8") for p in [*Path(app.outdir).glob("**/*.html"), *scripts])
    words = set(re.findall(r"[\w-]+", text))
    prefixes = tuple(word for word in words if re.fullmatch(r"[a-z]\w+-", word))
    sheets = {}
    for path in static.glob("**/*.css"):
        rules = tinycss2.parse_stylesheet(path.read_text("utf8"), True, True)
        sheets[path] = used_rules(rules, words, prefixes)
    glyphs = set("".join(re.findall(r'"([^"\n]*)"', "".join(sheets.values()))))
    for path, css in sheets.items():
        path.write_text('@charset "utf-8";\n' + with_small_fonts(css, path.parent, glyphs), "utf8")
    for pattern in UNUSED:
        for path in static.glob(pattern):
            path.unlink()


def unmark_plain_code(pages, css):
    """Take the marks from the parts of code that look like the code around them."""
    coloured = coloured_tokens(css)
    unmark = lambda token: token[0] if token[1] in coloured else token[2]
    for page in pages:
        html = page.read_text("utf8")
        lighter = CODE.sub(lambda code: TOKEN.sub(unmark, code[0]), html)
        if lighter != html:
            page.write_text(lighter, "utf8")


def coloured_tokens(css):
    """The classes of code to which a rule gives another look than ``.highlight`` has itself."""
    rules = COLOUR.findall(css)
    own = {theme: style for theme, token, style in rules if not token}
    words = lambda style: {part.strip().lower() for part in style.split(";") if part.strip()}
    return {
        token.strip(" .")
        for theme, token, style in rules
        if token and not words(style) <= words(own.get(theme, ""))
    }


def used_rules(rules, words, prefixes):
    """CSS text of the rules that can match something in a page with these words."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in selectors_of(rule) if can_match(s, words, prefixes)]
            if selectors:
                names = ",".join(tinycss2.serialize(s).strip() for s in selectors)
                kept.append(f"{names}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, True, True)
            if css := used_rules(inner, words, prefixes):
                condition = tinycss2.serialize(rule.prelude)
                kept.append(f"@{rule.at_keyword}{condition}{{{css}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            kept.append(rule.serialize())
    return "\n".join(kept)


def selectors_of(rule):
    parts = [[]]
    for token in rule.prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def can_match(selector, words, prefixes):
    """Whether every class that a selector asks for, outside of :is(), :not() ..., may be there."""
    after_dot = [b for a, b in pairwise(selector) if a == "." and b.type == "ident"]
    return all(
        t.value in words or t.value.startswith(prefixes) or not re.fullmatch(r"[\w-]+", t.value)
        for t in after_dot
    )


def with_small_fonts(css, folder, glyphs):
    """The style sheet with its icon fonts cut down to ``glyphs``, written beside the whole ones."""

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every step

    def smaller(match):
        name = match[1]
        font = TTFont(folder / f"{name}.ttf")
        subsetter = Subsetter(Options(notdef_outline=True))
        subsetter.populate(text="".join(glyphs))
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(buffer := io.BytesIO())
        (folder / f"{name}.woff").write_bytes(buffer.getvalue())
        return f'url("{name}.woff") format("woff")'

    return FONT.sub(smaller, css)


def setup(app):
    app.connect("build-finished", lighten, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
