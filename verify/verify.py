#!/usr/bin/env python3
"""核验五好导出的卷宗、操作记录和证书。Checks case files, exported events and certificates of Wuhao (五好).

Needs no Wuhao, no database, no network: only Python 3.9 or later and `cryptography`. Changes nothing.
    python verify.py case CASE.zip --keys KEYS.txt --checkpoint KEPT.txt
    python verify.py events EVENTS.jsonl --keys KEYS.txt
    python verify.py certificate CERTIFICATE.pdf --keys KEYS.txt
Ends with 0 (成立 proved), 1 (不成立 refuted) or 2 (未能判断 undecided). README.md says what that is worth.
"""

# fmt: off
import argparse, base64, collections, hashlib, json, pathlib, re, unicodedata, zipfile, zlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LIST, TAG_LIST, INFO, KEYS = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt", "data/proof/keys.txt"
EVENTS, CHECKPOINT, CONSISTENCY, SEALED = LATER = [
    f"data/proof/{name}" for name in ("events.jsonl", "checkpoint.txt", "consistency.jsonl", "sealed.txt")]
WORDS = {
    "proved": "成立 | PROVED", "refuted": "不成立 | REFUTED", "undecided": "未能判断 | NOT DECIDED",
    "unreadable": "读不出来，内容或格式被改动 | cannot be read: its content or its form was changed",
    "extra": "没有登记，是添加的 | is listed nowhere: it was added",
    "missing": "已登记，却没有这个文件 | is listed, but it is not there",
    "hash": "内容与清单不符 | is not what the manifest lists",
    "signature": "没有所持公钥的签名，或签名不成立 | bears no signature of a known key of the log, or a wrong one",
    "leaf": "不在检查点所签的记录里，被改动或是添加的 | is not in the signed log: it was changed or slipped in",
    "personal": "姓名、意见等文字与记录的摘要不符 | has personal text that is not what was recorded",
    "erased": "文字被删去，却没有删除的记录 | lacks personal text, and no event says that it was erased",
    "order": "不接前一条：缺少、重复或次序不对 | does not follow the event before it: some are missing or out of order",
    "end": "后面的记录被删去 | is not the last of its stream: events after it were removed",
    "sealed": "不是封存时的内容 | is not what was sealed",
    "document": "操作记录里没有这份材料的摘要 | is a document of which no event has the hash",
    "lost": "所记的材料不在卷宗里 | speaks of a document that is not in the case file",
    "short": "比封存时少了检查点 | lacks checkpoints that were there when the case file was sealed",
    "kept": "不在检查点的历史里：历史被改写 | is not in the history of the log that is here: history was rewritten",
    "attached": "没有附存证，或不止一份 | has no proof attached, or more than one",
    "own keys": "注意：没有用自己留存的公钥，不证明出自谁 | BEWARE: no --keys of your own: not proved whose log it is",
    "none kept": "没有用自己留存的检查点：不排除此前全部重写 | no --checkpoint of your own: all may be rewritten",
    "later": "不能比对，需要更新的卷宗或检查点历史 | cannot be compared without a later case file or history",
    "gone": "已依法删除：{0} | was erased by order: {0}",
    "bare": "没有附{0}的文字 | comes without the text of {0}",
    "until": "{1}条记录成立，截至{0}，不含其后的 | {1} events hold as of {0}: nothing is said of what came later",
    "some": "是部分记录，不证明没有遗漏 | are some events: it is not proved that there are no others",
    "print": "与证书上印的字逐项比对：{0} | compare this with what is printed on the certificate: {0}",
}
Tree = collections.namedtuple("Tree", "origin size root at")
Event = collections.namedtuple("Event", "where stream number hash said erased")
here = ["?"]  # what is looked at; a refusal names the last

class Refuted(Exception):
    """Something is not as it was written; the text is a key of WORDS."""

def claim(holds, code, where=None):
    here.extend([] if where is None else [str(where)])
    if not holds:
        raise Refuted(code)

def sha256(content):
    return hashlib.sha256(content).digest()

def unbase64(text, length=0):
    """Decode base64 that is written in its one spelling."""
    data = base64.b64decode(text, validate=True)
    claim(base64.b64encode(data).decode() == text and length in (0, len(data)), "unreadable")
    return data

def lines_of(text, where):
    """Yield the lines, each of which ends with a line feed and nothing else."""
    claim(text.endswith("\n") and "\r" not in text, "unreadable", where)
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        claim(line, "unreadable", f"{where}:{number}")
        yield line

def record_of(line, *fields):
    """Return a line of JSON in its one spelling: an object with these fields."""
    record = json.loads(line)
    spelled = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    claim(spelled == line and sorted(record) == sorted(fields), "unreadable")
    return record

def included(index, size, leaf, proof):
    """Return the root to which the proof leads from leaf `index` of a tree of `size` leaves (RFC 6962)."""
    if (index, size, proof) == (0, 1, []):
        return leaf
    half, other = 1 << (size - 1).bit_length() - 1, proof[-1]  # the left part of a tree: a power of two
    if index < half:
        return sha256(b"\1" + included(index, half, leaf, proof[:-1]) + other)
    return sha256(b"\1" + other + included(index - half, size - half, leaf, proof[:-1]))

def grown(old, size, old_root, proof, leftmost=True):
    """Return the roots to which the proof leads: of the tree of `old` leaves, and of that of `size` it grew to."""
    if old == size and len(proof) == (not leftmost):
        return (old_root if leftmost else proof[0],) * 2
    half, other = 1 << (size - 1).bit_length() - 1, proof[-1]
    if old <= half:
        before, after = grown(old, half, old_root, proof[:-1], leftmost)
        return before, sha256(b"\1" + after + other)
    before, after = grown(old - half, size - half, old_root, proof[:-1], False)
    return sha256(b"\1" + other + before), sha256(b"\1" + other + after)

def keys_of(text, where):
    """Return public keys (C2SP signed-note) as (name, hash, kind, key); kind 1: of a log, 4: of a witness."""
    keys, _ = [], here.append(str(where))
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        name, key_hash, encoded = line.split("+", 2)
        data = unbase64(encoded, 33)
        keys.append((name, sha256(name.encode() + b"\n" + data)[:4], data[0], data[1:]))
        claim(keys[-1][1].hex() == key_hash and data[0] in (1, 4), "unreadable")
    return keys

def tree_of(note, keys, where):
    """Read a checkpoint (C2SP tlog-checkpoint). The signatures of known keys must hold, one of the log be there."""
    body, _, signatures = note.rpartition("\n\n")
    signed = [(sign, by, unbase64(data)) for sign, by, data in (one.split(" ") for one in lines_of(signatures, where))]
    origin, size, root, *more = body.split("\n")
    tree = Tree(origin, int(size), unbase64(root, 32), next((line[3:] for line in more if line[:3] == "at "), ""))
    claim(str(tree.size) == size and tree.size > 0, "unreadable", where)
    found = [(key, data) for key in keys for sign, by, data in signed if (sign, by, data[:4]) == ("—", *key[:2])]
    for (_, _, kind, public), data in found:
        time = b"cosignature/v1\ntime %d\n" % int.from_bytes(data[4:12], "big") if kind == 4 else b""
        message = time + body.encode() + b"\n"  # a witness signs the time too
        Ed25519PublicKey.from_public_bytes(public).verify(data[12:] if time else data[4:], message)
    claim((origin, 1) in {(name, kind) for (name, _, kind, _), _ in found}, "signature")
    return tree

def event_of(record, tree, where):
    """Check one record: its body is a leaf of the tree, its texts are those that the body has hashes of."""
    here.append(where)
    body, said, leaf = record["body"].encode(), json.loads(record["body"]), record["leaf"]
    stream, number, hashes, texts = said["stream"], said["sequence"], said["personal"], record.get("personal", {})
    where = f"{where} ({stream} #{number} {said['action']})"
    root = included(leaf, tree.size, sha256(b"\0" + body), [unbase64(one, 32) for one in record["proof"]])
    claim(root == tree.root and str(leaf).isdigit(), "leaf", where)
    hashes = hashes if isinstance(hashes, dict) else {}  # of schema 1, whose texts have no hashes of their own
    for field, (salt, text) in texts.items():
        claim(sha256((salt + text).encode()).hex() == hashes.get(field), "personal")
    erased = sorted({*hashes} - {*texts}) if "personal" in record else []
    return Event(where, stream, number, sha256(body).hex(), said, erased)

def streams_of(events, told, whole):
    """Check that each event follows the one before it, and that an event of the stream tells which texts are gone."""
    streams, erased = {}, set()
    for event in events if whole else sorted(events, key=lambda one: (one.stream, one.number)):
        claim(not whole or event.stream >= max(streams, default=""), "order", event.where)
        before = streams.setdefault(event.stream, [])[-1:]
        last, head = (before[0].number, before[0].hash) if before else (0, "")
        follows = event.number == last + 1 and event.said["previous"] == head
        claim(follows or (not whole and event.number > last + 1), "order")
        streams[event.stream].append(event)
        for number, fields in event.said["facts"]["events"] if event.said["action"] == "erase" else ():
            erased |= {(event.stream, number, field) for field in fields}
    for one, field in ((event, field) for event in events for field in event.erased):
        claim(not whole or (one.stream, one.number, field) in erased, "erased", one.where)
        told.append((one.where, "gone" if (one.stream, one.number, field) in erased else "bare", field))
    return streams

def files_of(path):
    """Return the files of a package, a folder or a zip of one folder, by name: each as it is opened, and from what."""
    package, files = None if path.is_dir() else zipfile.ZipFile(path), {}
    for one in (one for one in (package.infolist() if package else path.rglob("*")) if not one.is_dir()):
        name = one.filename.partition("/")[2] if package else one.relative_to(path).as_posix()
        name = unicodedata.normalize("NFC", name)
        claim(name not in files and not re.search(r"(^|/)\.{0,2}(/|$)|[\\\0]", name), "unreadable", name or path)
        files[name] = one, package
    return files

def content_of(files, name):
    claim(name in files, "missing", name)
    one, package = files[name]
    return package.read(one) if package else one.read_bytes()

def compare(found, files, name, code="hash", gap="  "):
    """Check that a list of files names those that were found, with their hashes, and no others."""
    pairs = [line.split(gap, 1)[::-1] for line in lines_of(content_of(files, name).decode(), name)]
    wanted = dict(pairs)
    claim(len(wanted) == len(pairs), "unreadable", name)
    for one in sorted({*found, *wanted}):
        claim(one in wanted, "extra", one)
        claim(one in found, "missing")
        claim(found[one] == wanted[one], code)

def hashes_of(files):
    """Check the manifests of a BagIt package (RFC 8493); return the SHA-256 of each of its files."""
    payload, tags, size = {}, {}, 0
    for name in files:
        content, is_payload = content_of(files, name), name.startswith("data/")
        size += len(content) * is_payload
        (payload if is_payload else tags)[name] = sha256(content).hex()
    compare({name: hashed for name, hashed in tags.items() if name != TAG_LIST}, files, TAG_LIST, gap=" ")
    compare(payload, files, LIST)
    info = content_of(files, INFO).replace(b"Payload-Oxum: %d.%d\n" % (size, len(payload)), b"", 1)
    return {**tags, **payload, INFO: sha256(info).hex()}

def check_seal(streams, hashes, files):
    """Check what the last event of the reading journal says: the other files, and the ends of the other streams."""
    seal = next((events[-1] for stream, events in streams.items() if stream.startswith("reading/")), None)
    claim(seal and seal.said["action"] == "seal_case_file", "end", seal.where if seal else EVENTS)
    facts = seal.said["facts"]
    claim(facts["sealed"] == hashes.get(SEALED), "sealed", SEALED)
    compare({name: hashes[name] for name in hashes.keys() - {*LATER, LIST, TAG_LIST}}, files, SEALED, "sealed")
    ends = {stream: events[-1] for stream, events in streams.items() if events[-1] != seal}
    for stream in sorted({*ends, *facts["streams"]}):
        claim(stream in ends, "lost", seal.where)
        claim([ends[stream].number, ends[stream].hash] == facts["streams"].get(stream), "end", ends[stream].where)
    return facts

def check_documents(events, hashes, files):
    """Check that the originals are those documents, all of them, that the events have the hashes of."""
    originals, known = {hashes[name]: name for name in hashes if name.startswith("data/originals/")}, set()
    for event in (event for event in events if event.stream.startswith("application/")):
        facts = event.said["facts"]
        form = json.loads(content_of(files, originals[facts["document"]])) if facts.get("document") in originals else {}
        known |= {facts.get("document"), facts.get("scorecard"), facts.get("sha256"), *facts.get("photos", ())} - {None}
        known |= {*facts.get("scorecards", ()), *(one["sha256"] for one in form.get("evidence", ()))}
        claim(known <= originals.keys(), "lost", event.where)
    for hashed, name in originals.items():
        claim(hashed in known, "document", name)

def roots_of(text):
    """Check that each tree of a history is the beginning of the last; return the roots of all by their sizes."""
    records, roots, size = [record_of(one, "proof", "root", "size") for one in lines_of(text, CONSISTENCY)], {}, 0
    for number, record in enumerate(records, start=1):
        claim(record["size"] > size, "order", f"{CONSISTENCY}:{number}")
        size, root, proof = record["size"], unbase64(record["root"], 32), [unbase64(one, 32) for one in record["proof"]]
        claim(grown(size, records[-1]["size"], root, proof) == (root, unbase64(records[-1]["root"])), "kept")
        roots[size] = root
    return roots

def trusted(asked, note, keys, told, history):
    """Return the tree of a checkpoint and the roots of its history, held against the keys and checkpoints kept."""
    where = CHECKPOINT if asked.kind == "case" else asked.path
    told += [(asked.path, code) for code, own in (("own keys", asked.keys), ("none kept", asked.checkpoint)) if not own]
    keys = keys_of(asked.keys.read_text("utf-8-sig"), asked.keys) if asked.keys else keys_of(keys, KEYS)
    tree = tree_of(note, keys, where)
    roots = roots_of(history) if history else {tree.size: tree.root}
    claim(roots.get(tree.size) == tree.root, "kept", where)
    for path in asked.checkpoint:
        kept = tree_of(path.read_text("utf-8-sig").strip() + "\n", keys, path)
        comparable = kept.size in roots or (history and kept.size < max(roots))
        claim(not comparable or (kept.origin, roots.get(kept.size)) == (tree.origin, kept.root), "kept", path)
        told += [] if comparable else [(path, "later")]
    return tree, roots

def check_case(asked, told):
    files = files_of(asked.path)
    hashes = hashes_of(files)
    note, keys, history, lines = (content_of(files, one).decode() for one in (CHECKPOINT, KEYS, CONSISTENCY, EVENTS))
    tree, roots = trusted(asked, note, keys, told, history)
    records = (record_of(line, "leaf", "body", "personal", "proof") for line in lines_of(lines, EVENTS))
    events = [event_of(record, tree, here[-1]) for record in records]
    count, size = check_seal(streams_of(events, told, whole=True), hashes, files)["checkpoints"]
    check_documents(events, hashes, files)
    claim(sum(one <= size for one in roots) >= count and max(roots) == tree.size, "short", CONSISTENCY)
    told.append((asked.path, "until", tree.at, len(events)))

def attached(content):
    """Return the proofs that are attached to a PDF; a proof by itself is one."""
    parts = re.findall(rb"\bstream\r?\n(x.*?|{.*?)endstream", content, re.S) if content[:4] == b"%PDF" else [content]
    texts = [zlib.decompressobj().decompress(part) if part[:1] == b"x" else part for part in parts]
    return [json.loads(text) for text in texts if text[:1] == b"{" and b'"checkpoint"' in text]

def check_records(asked, told):
    """Check exported events, or the proof that is attached to a certificate."""
    exported, content = asked.kind == "events", asked.path.read_bytes()
    records = list(map(json.loads, lines_of(content.decode(), asked.path))) if exported else attached(content)
    claim(exported or len(records) == 1, "attached", asked.path)
    history = asked.consistency and asked.consistency.read_text("utf-8")
    tree, _ = trusted(asked, records[0]["checkpoint"], "\n".join([*records[0]["keys"], ""]), told, history)
    numbered = enumerate(records[exported:], start=1 + exported)
    events = [event_of(record, tree, f"{asked.path}:{number}") for number, record in numbered]
    streams_of(events, told, whole=False)
    facts = [json.dumps(one.said["facts"], ensure_ascii=False) for one in events if not exported]
    told += [(asked.path, "until", tree.at, len(events)), (asked.path, "print" if facts else "some", *facts)]

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("case", "events", "certificate"))
    parser.add_argument("path", type=pathlib.Path)
    parser.add_argument("--keys", type=pathlib.Path, help="自己留存的公钥 | public keys that you kept")
    parser.add_argument("--checkpoint", type=pathlib.Path, action="append", default=[], help="自己留存的检查点 | kept")
    parser.add_argument("--consistency", type=pathlib.Path, help="卷宗里的同名文件 | that of a case file")
    parser.add_argument("--json", action="store_true")
    asked, told = parser.parse_args(), []
    for path in filter(None, (asked.path, asked.keys, asked.consistency, *asked.checkpoint)):
        path.exists() or parser.error(f"{path}：没有这个文件 | there is no such file")
    try:
        (check_case if asked.kind == "case" else check_records)(asked, told)
        verdict = "undecided" if "later" in {code for _, code, *_ in told} else "proved"
    except Exception as error:
        code = "signature" if type(error).__name__ == "InvalidSignature" else "unreadable"
        told, verdict = [(here[-1], error.args[0] if isinstance(error, Refuted) else code)], "refuted"
    report = [{"where": str(where), "code": code, "zh": zh.format(*values), "en": en.format(*values)}
              for where, code, *values in [(asked.path, verdict), *told] for zh, en in [WORDS[code].split(" | ")]]
    lines = (f"{one['where']}：{one['zh']}\n    {one['en']}" for one in report)
    print(json.dumps(report, ensure_ascii=False, indent=1) if asked.json else "\n".join(lines))
    return ("proved", "refuted", "undecided").index(verdict)

if __name__ == "__main__":
    raise SystemExit(main())
