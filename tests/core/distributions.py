"""
Distributions made on the spot, as an installer would leave them in a folder.
"""

from textwrap import dedent

PROVIDER = """
    from crmkit import ProviderInfo, hookimpl

    @hookimpl
    def crmkit_provider():
        return ProviderInfo(label="{label}")

    @hookimpl
    def crmkit_fetch(ids):
        return []

    @hookimpl
    def crmkit_sync(activities):
        return []
"""


def install(folder, name, *, module, source, entry_points, version="1.0"):
    """
    Write a distribution with one module into *folder*.

    *entry_points* maps a group to lines such as ``acme = acme_module``.
    """
    information = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    information.mkdir(parents=True)
    (folder / f"{module}.py").write_text(dedent(source), "utf-8")
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (information / "METADATA").write_text(metadata, "utf-8")
    text = "".join(f"[{group}]\n{line}\n" for group, line in entry_points.items())
    (information / "entry_points.txt").write_text(text, "utf-8")
