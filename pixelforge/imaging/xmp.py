"""XMP in a PNG: by it shops and picture tools tell what a model made from what was photographed or drawn.

The packet is RDF as the XMP Specification, part 1, writes it; in a PNG it is an iTXt chunk, not compressed, without a
language (part 3, section 1.1.5). The property is IPTC's `DigitalSourceType` (IPTC Photo Metadata Standard 2023.1,
Iptc4xmpExt), its value a concept of https://cv.iptc.org/newscodes/digitalsourcetype/.
"""

from __future__ import annotations

from enum import Enum

KEYWORD = "XML:com.adobe.xmp"
VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


class SourceType(Enum):
    """Where a picture comes from, as IPTC names it."""

    MODEL = "trainedAlgorithmicMedia"  # a trained model made all of it
    MIXED = "compositeWithTrainedAlgorithmicMedia"  # a part of it, or somebody went on with it

    @property
    def uri(self) -> str:
        """The concept's own address."""
        return VOCABULARY + self.value


def xmp_text(source: SourceType) -> dict[str, str]:
    """The text of a PNG, by keyword, that tells its source."""
    return {KEYWORD: PACKET.format(source=source.uri)}
