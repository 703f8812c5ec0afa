"""What the PDF says of itself: PDF/UA-1 beside the PDF/A-3a that WeasyPrint writes."""

from xml.etree.ElementTree import Element, SubElement, fromstring, register_namespace, tostring

import pydyf
from weasyprint.document import Document
from weasyprint.pdf.metadata import NS, DocumentMetadata

EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
RDF, UA = NS["rdf"], NS["pdfuaid"]
# PDF/A asks for these very prefixes.
for prefix, namespace in (("pdfaExtension", EXTENSION), ("pdfaSchema", SCHEMA), ("pdfaProperty", PROPERTY)):
    register_namespace(prefix, namespace)


class OwnMetadata(DocumentMetadata):
    """Metadata that also claims PDF/UA-1, and that a plain search of the file's bytes can read."""

    def include_in_pdf(
        self, pdf: pydyf.PDF, variant: str, version: int, conformance: str, compress: bool
    ) -> None:
        # Uncompressed, so that a program without a PDF library finds the check code of an altered file.
        super().include_in_pdf(pdf, variant, version, conformance, compress=False)

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        rdf = fromstring(super().generate_rdf_metadata(variant, version, conformance))  # noqa: S314
        claim = SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
        SubElement(claim, f"{{{UA}}}part").text = "1"
        rdf.append(_schema_of_the_claim())
        return tostring(rdf, encoding="utf-8")


def add_accessibility_mark(document: Document) -> None:
    """Let `document` claim PDF/UA-1 when it is written."""
    own = OwnMetadata()
    own.__dict__.update(document.metadata.__dict__)
    document.metadata = own


def _schema_of_the_claim() -> Element:
    """PDF/A wants every property that it does not know itself described: here pdfuaid:part."""
    description = Element(f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    bag = SubElement(SubElement(description, f"{{{EXTENSION}}}schemas"), f"{{{RDF}}}Bag")
    schema = SubElement(bag, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})
    SubElement(schema, f"{{{SCHEMA}}}schema").text = "PDF/UA identification"
    SubElement(schema, f"{{{SCHEMA}}}namespaceURI").text = UA
    SubElement(schema, f"{{{SCHEMA}}}prefix").text = "pdfuaid"
    sequence = SubElement(SubElement(schema, f"{{{SCHEMA}}}property"), f"{{{RDF}}}Seq")
    item = SubElement(sequence, f"{{{RDF}}}li", {f"{{{RDF}}}parseType": "Resource"})
    for name, text in (
        ("name", "part"),
        ("valueType", "Integer"),
        ("category", "internal"),
        ("description", "Part of ISO 14289"),
    ):
        SubElement(item, f"{{{PROPERTY}}}{name}").text = text
    return description
