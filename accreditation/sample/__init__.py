"""The sample: the unions, enterprises, studios and figures of a report on Chongqing's studios, played through.

What the report says stands here in its own words. What it does not say is sample text and marked 示例, or said
to be sample in the form's narrative. Nothing is inserted past the services that people use.
"""
