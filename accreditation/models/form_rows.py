"""The repeated rows of the application form. Each belongs to one draft; revisions freeze them as JSON."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accreditation.models.application import Application, Figures, figure_number, figure_qualifier
from accreditation.models.cycle import StudioLevel


class FormRow(Figures):
    """One line of a table of the form; `order` keeps the lines as they were typed."""

    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.order}"


class Honour(FormRow):
    """An honour of the leader. The highest level counts."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("全国")
        PROVINCIAL = "provincial", _("省部级")
        CITY = "city", _("市级")
        LOWER = "lower", _("区县或单位级")

    application = models.ForeignKey(Application, models.CASCADE, related_name="honours")
    level = models.CharField(_("级别"), max_length=16, choices=Level.choices)
    title = models.CharField(_("称号"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)


class Member(FormRow):
    """A member of the team beside the leader."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="members")
    name = models.CharField(_("姓名"), max_length=60)
    trade = models.CharField(_("工种"), max_length=60, blank=True)
    title = models.CharField(_("职称或技能等级"), max_length=60, blank=True)
    education = models.CharField(_("学历"), max_length=30, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("出生年份"), null=True, blank=True)
    role = models.CharField(_("分工"), max_length=60, blank=True)


class Pair(FormRow):
    """A master and an apprentice."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="pairs")
    master = models.CharField(_("师傅"), max_length=60)
    apprentice = models.CharField(_("徒弟"), max_length=60)
    since = models.PositiveSmallIntegerField(_("结对年份"), null=True, blank=True)


class Training(FormRow):
    """Trainings or exchanges of one kind in one year: how many times, with how many person-times."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="trainings")
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=30, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    count = figure_number()
    count_qualifier = figure_qualifier()
    person_times = figure_number()
    person_times_qualifier = figure_qualifier()


class Promotion(FormRow):
    """People whom the studio brought to a higher skill grade."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="promotions")
    grade = models.CharField(_("晋升到"), max_length=60)
    count = figure_number()
    count_qualifier = figure_qualifier()


class Topic(FormRow):
    """An innovation topic, or several of a kind."""

    class Category(models.TextChoices):
        SKILLS = "skills", _("技能提升")
        PROCESS = "process", _("流程优化")
        TECHNOLOGY = "technology", _("科技开发")

    class Status(models.TextChoices):
        OPEN = "open", _("在研")
        DONE = "done", _("已完成")

    application = models.ForeignKey(Application, models.CASCADE, related_name="topics")
    title = models.CharField(_("课题名称"), max_length=200)
    category = models.CharField(_("类别"), max_length=16, choices=Category.choices)
    registered = models.CharField(_("立项时间"), max_length=10, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status.choices)
    result = models.CharField(_("成果"), max_length=200, blank=True)
    count = figure_number()
    count_qualifier = figure_qualifier()


class Patent(FormRow):
    """A patent, or several of a kind."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="patents")
    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("种类"), max_length=30, blank=True)
    number = models.CharField(_("专利号"), max_length=60, blank=True)
    date = models.CharField(_("授权时间"), max_length=10, blank=True)
    count = figure_number()
    count_qualifier = figure_qualifier()


class Award(FormRow):
    """An award for a result, or several of a kind."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="awards")
    title = models.CharField(_("奖项"), max_length=200)
    level = models.CharField(_("级别"), max_length=30, blank=True)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    count = figure_number()
    count_qualifier = figure_qualifier()


class Conversion(FormRow):
    """Results put to use, and the economic benefit in 万元 (10,000 yuan)."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="conversions")
    title = models.CharField(_("成果转化"), max_length=200)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    count = figure_number()
    count_qualifier = figure_qualifier()
    benefit = figure_number()
    benefit_qualifier = figure_qualifier()


class Rule(FormRow):
    """A written rule of the studio."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="rules")
    title = models.CharField(_("制度名称"), max_length=200)
    issued = models.CharField(_("制定时间"), max_length=10, blank=True)


class EarlierNaming(FormRow):
    """A naming of the studio before this application."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="namings")
    level = models.CharField(_("级别"), max_length=16, choices=StudioLevel.choices)
    title = models.CharField(_("称号"), max_length=120, blank=True)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    date = models.CharField(_("时间"), max_length=10, blank=True)
