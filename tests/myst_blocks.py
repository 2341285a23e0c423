"""The directives of a MyST text, and its prose without them."""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^\s*(?P<marks>`{3,}|~{3,}|:{3,})\s*(?:\{(?P<name>[^}]+)\})?(?P<rest>.*)$")
CODE = ("code", "code-block", "code-cell", "literalinclude", "eval-rst", "raw")
MATHS = re.compile(r"\$\$.*?\$\$|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|(?<!\\)\$[^$\n]+\$", re.S)
# quotes of a role keep their words: {term}`R peak`, {ref}`the data <data-mitdb>`
ROLE = re.compile(r"\{[\w:-]+\}`([^`<]*)(?:<[^>`]*>)?`")


@dataclass
class Block:
    """A fenced block: a directive, or plain code if ``name`` is empty."""

    name: str
    argument: str
    options: dict = field(default_factory=dict)
    body: list = field(default_factory=list)

    @property
    def text(self):
        return "\n".join(self.body)

    @property
    def inner(self):
        """The directives inside; code and formulas hold none."""
        return [] if self.name in (*CODE, "", "math") else blocks(self.text)

    def has_class(self, name):
        return name in self.options.get("class", "").split()


def blocks(text):
    """The outermost fenced blocks of a text, in order."""
    return split(text)[0]


def every_block(text):
    """All fenced blocks in order, each before those inside it."""
    return [b for block in blocks(text) for b in (block, *every_block_in(block))]


def every_block_in(block):
    return [b for inner in block.inner for b in (inner, *every_block_in(inner))]


def split(text):
    """(the outermost fenced blocks, the text outside of them)."""
    found, outside, block, closing = [], [], None, ""
    for line in text.splitlines():
        fence = FENCE.match(line)
        if block is None:
            if not fence:
                outside.append(line)
                continue
            block = Block(fence["name"] or "", fence["rest"].strip())
            closing = fence["marks"]
        elif fence and line.strip().startswith(closing) and not line.strip().strip(closing[0]):
            found.append(with_options(block))
            block = None
        else:
            block.body.append(line)
    return found, "\n".join(outside)


def with_options(block):
    """The block with the ``:name: value`` lines at its head, or its YAML head, as options."""
    body = list(block.body)
    if body and body[0].strip() == "---" and "---" in (line.strip() for line in body[1:]):
        end = [line.strip() for line in body].index("---", 1)
        head, body = body[1:end], body[end + 1 :]
        pairs = [re.match(r"\s*([\w-]+):\s*(.*)", line) for line in head]
    else:
        pairs = []
        while body and (pair := re.match(r"\s*:([\w-]+):\s*(.*)", body[0])):
            pairs.append(pair)
            body.pop(0)
    options = {pair[1]: pair[2].strip() for pair in pairs if pair}
    return Block(block.name, block.argument, options, body)


def prose(text, without=lambda block: False):
    """The words to be read: no code, no formulas, no markup; blocks that ``without`` names go."""
    found, outside = split(text)
    inside = [
        prose(block.text, without)
        for block in found
        if block.name and block.name not in (*CODE, "math") and not without(block)
    ]
    plain = re.sub(r"<!--.*?-->|^\(.*\)=$|^%.*$", "", outside, flags=re.S | re.M)
    plain = ROLE.sub(r"\1", MATHS.sub(" ", plain))
    plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    return "\n".join([plain, *inside])


def sections(text, level=2):
    """{title: text below it, down to the next heading of that level}, in order."""
    parts = re.split(rf"^#{{{level}}}\s+(.+)$", text, flags=re.M)
    return {title.strip(): body for title, body in zip(parts[1::2], parts[2::2])}
