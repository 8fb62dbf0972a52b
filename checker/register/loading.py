"""A register workbook and the law → Register; whatever is wrong is refused in one message that names every cell."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from checker.belonging import Kind, Subject
from checker.plan import By, Matter, Plan
from checker.recognition import recognise
from checker.register.entries import Determination, Register, Waiver
from checker.register.sheets import DETERMINATIONS, WAIVERS, Entries, Values, bad_register, read
from checker.rulebook import Rulebook
from checker.subject import subject
from checker.terms import Clause, Level, Line
from checker.vocabulary import Vocabulary, fold
from checker.vocabulary_file import vocabulary_of


@dataclass(frozen=True)
class _Law:
    """The plans with their words: what a determination is held against."""

    vocabularies: Mapping[Plan, Vocabulary]

    def plans(self, said: str) -> tuple[Plan, ...]:
        """The plans a domain, a title or an id names; all of them where nothing is said."""
        wanted = fold(said)
        return tuple(plan for plan in self.vocabularies if not wanted or wanted in self._names(plan))

    def _names(self, plan: Plan) -> set[str]:
        domain = self.vocabularies[plan].name
        return {fold(text) for text in (plan.id, plan.document.title, plan.domain, domain, f"{domain}领域")}

    @property
    def domains(self) -> str:
        return "、".join(dict.fromkeys(f"“{one.name}”" for one in self.vocabularies.values()))

    def about(self, wording: str, plan: Plan) -> Subject:
        """What a line would be about whose name were the wording."""
        line = Line(name=wording)
        return subject(line, recognise(line, self.vocabularies[plan]))

    def listed(self, wording: str, plan: Plan) -> Matter | None:
        """The matter of the plan that a wording names; seen as the judgement sees it, which then asks no office."""
        about = self.about(wording, plan)
        named = about.main.topic.name if about.kind is Kind.MATTER and about.main else wording
        matter = plan.matter(named)
        return matter if matter and matter.by is not By.OPEN else None


def load(content: bytes, rulebook: Rulebook, codes: Collection[str] = ()) -> Register:
    """The register as its workbook stands; codes are the finding codes there are, where the caller knows them.

    Raises UnreadableWorkbook: for what is no workbook, and as `bad-register`, one line a fault, for cells that do not
    hold what they should, a determination of what a plan lists, an unknown plan or finding code.
    """
    sheets = read(content)
    law = _Law({plan: vocabulary_of(plan) for plan in rulebook.plans})
    faults = [fault for sheet in sheets for fault in (*sheet.faults, *_against_law(sheet, law, codes))]
    if faults:
        raise bad_register("\n  ".join([f"登记簿有 {len(faults)} 处须改正，改好后再用：", *faults]))
    of = {id_: [values for sheet in sheets if sheet.id == id_ for _, values in sheet.lines] for id_ in _READ}
    determinations = tuple(_determination(values, law) for values in of[DETERMINATIONS])
    waivers = tuple(Waiver(**values | {"code": values["code"].upper()}) for values in of[WAIVERS])
    return Register(determinations, waivers, f"register@{_hash([*map(str, of[DETERMINATIONS]), *map(str, waivers)])}")


def listed(wording: str, rulebook: Rulebook) -> tuple[Plan, Matter] | None:
    """The plan and its matter that a wording names, which no office can then determine otherwise."""
    law = _Law({plan: vocabulary_of(plan) for plan in rulebook.plans})
    found = ((plan, law.listed(wording, plan)) for plan in rulebook.plans)
    return next(((plan, matter) for plan, matter in found if matter), None)


_READ = (DETERMINATIONS, WAIVERS)


def _hash(entries: list[str]) -> str:
    return hashlib.sha256("\n".join(entries).encode()).hexdigest()[:8]


def _determination(values: Values, law: _Law) -> Determination:
    plans = law.plans(values["plan"])
    about = (law.about(values["wording"], plan) for plan in plans)
    return Determination(
        wording=values["wording"],
        level=Level(values["level"]),
        document=values["document"],
        dated=values["date"],
        decided_by=values["decided_by"],
        number=values["number"],
        until=values["until"],
        plans=tuple(plan.id for plan in plans),
        topics=frozenset(one.main.topic.name for one in about if one.kind is Kind.UNLISTED and one.main),
    )


def _against_law(sheet: Entries, law: _Law, codes: Collection[str]) -> Iterator[str]:
    for row, values in sheet.lines:
        if sheet.id == WAIVERS:
            yield from _unknown_code(sheet, row, values["code"].upper(), codes)
        else:
            yield from _not_to_determine(sheet, row, values, law)


def _unknown_code(sheet: Entries, row: int, code: str, codes: Collection[str]) -> Iterator[str]:
    """A code no check of a known family bears; a family not named here may have codes of its own."""
    if code not in codes and code[:2] in {known[:2] for known in codes}:
        yield f"{sheet.cell(row, 'code')}：没有疑点代码“{code}”，请照核查结果里的代码填写。"


def _not_to_determine(sheet: Entries, row: int, values: Values, law: _Law) -> Iterator[str]:
    wording, plans = values["wording"], law.plans(values["plan"])
    if not plans:
        where = sheet.cell(row, "plan")
        yield f"{where}：没有装入“{values['plan']}”这样的领域或方案，请填{law.domains}，或方案的标题、编号。"
    if values["until"] and values["until"] < values["date"]:
        yield f"{sheet.cell(row, 'until')}：有效期至{values['until']}，早于认定日期{values['date']}，请核对。"
    for plan in plans:
        if matter := law.listed(wording, plan):
            quotes = "；".join(dict.fromkeys(clause.quote for clause in _clauses(matter)))
            clause = f"“{matter.name}”（{matter.number}：“{quotes}”）"
            where = sheet.cell(row, "wording")
            yield f"{where}：“{wording}”属《{plan.document.title}》已列明的{clause}，不能另行认定，请删去这一行。"
            return


def _clauses(matter: Matter) -> Iterator[Clause]:
    yield from matter.clauses.values()
    if matter.wording:
        yield matter.wording
