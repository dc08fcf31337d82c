"""A Django project of any number of apps, as people write them, the same text for the same number.

Every app has names of its own and one of three manners (of views, of middleware); each refers to the one before it.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

# The app, then its models: the main one, its parts, and what groups them.
_APPS: Final = (
    ("orders", "Order", "OrderLine", "Basket"),
    ("library", "Book", "Chapter", "Shelf"),
    ("clinic", "Patient", "Visit", "Ward"),
    ("flights", "Flight", "Leg", "Route"),
    ("school", "Course", "Lesson", "Term"),
    ("garage", "Vehicle", "Repair", "Fleet"),
    ("museum", "Exhibit", "Restoration", "Gallery"),
    ("payroll", "Employee", "Payslip", "Department"),
    ("kitchen", "Recipe", "Ingredient", "Menu"),
    ("tickets", "Ticket", "Comment", "Board"),
    ("farm", "Field", "Harvest", "Estate"),
    ("cinema", "Film", "Screening", "Festival"),
    ("bank", "Account", "Transfer", "Branch"),
    ("hotel", "Room", "Booking", "Floor"),
    ("news", "Article", "Revision", "Section"),
    ("league", "Team", "Match", "Season"),
    ("depot", "Parcel", "Scan", "Tour"),
    ("theatre", "Play", "Scene", "Repertoire"),
    ("weather", "Station", "Reading", "Region"),
    ("archive", "Document", "Page", "Collection"),
)
LARGEST: Final = len(_APPS)

_MANAGE = """\
import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_of_$count.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
"""

_SETTINGS = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "not-a-secret"
DEBUG = True
ALLOWED_HOSTS = []
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
$apps]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
$middleware]
ROOT_URLCONF = "site_of_$count.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
WSGI_APPLICATION = "site_of_$count.wsgi.application"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
USE_TZ = True
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""

_WSGI = """\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_of_$count.settings")
application = get_wsgi_application()
"""

_ROOT_URLS = """\
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path


def home(request):
    return HttpResponse("Hello")


urlpatterns = [
    path("", home, name="home"),
    path("admin/", admin.site.urls),
$includes]
"""

_INCLUDE = """\
    path("$app/", include("$app.urls")),
"""

_CONFIG = """\
from django.apps import AppConfig


class ${App}Config(AppConfig):
    name = "$app"

    def ready(self):
        from $app import signals

        signals.connect()
"""

_MODELS = """\
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify


class ${Main}QuerySet(models.QuerySet):
    def open_$mains(self):
        return self.filter(state=${Main}.State.OPEN)

    def with_$parts(self):
        return self.prefetch_related("${parts}").select_related("$group")

    def by_${group}_title(self, title):
        return self.filter(${group}__title__icontains=title).order_by("-created")

    def worth(self):
        return self.aggregate(sum=models.Sum("amount"))["sum"] or 0


class ${Part}Manager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(hidden=False)

    def of_$main(self, $main):
        return self.get_queryset().filter($main=$main)


class Dated(models.Model):
    created = models.DateTimeField(default=timezone.now)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def touch_$main(self):
        self.changed = timezone.now()
        self.save(update_fields=["changed"])


class $Group(Dated):
    title = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)

    class Meta:
        ordering = ["title"]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = slugify(self.title)
        super().save(*args, **kwargs)


class $Main(Dated):
    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    amount = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    notes = models.TextField(blank=True)
    $group = models.ForeignKey($Group, on_delete=models.CASCADE, related_name="$mains")
$related
    objects = models.Manager.from_queryset(${Main}QuerySet)()

    def __str__(self):
        return f"{self.name} ({self.get_state_display()})"

    def get_absolute_url(self):
        return reverse("$app:$main-detail", args=[self.pk])

    def clean(self):
        if self.amount < 0:
            raise ValidationError({"amount": "must not be negative"})

    @property
    def is_late(self):
        return self.state == self.State.OPEN and self.created < timezone.now()

    def close_$main(self):
        from $app.signals import ${main}_closed

        self.state = self.State.CLOSED
        self.save()
        ${main}_closed.send(sender=type(self), $main=self)


class $Part(Dated):
    $main = models.ForeignKey($Main, on_delete=models.CASCADE, related_name="$parts")
    number = models.PositiveIntegerField(default=1)
    text = models.CharField(max_length=200)
    hidden = models.BooleanField(default=False)
    seen_by = models.ManyToManyField("auth.User", blank=True, related_name="seen_$parts")

    objects = models.Manager()
    shown = ${Part}Manager()

    class Meta:
        unique_together = [("$main", "number")]

    def __str__(self):
        return f"{self.$main} #{self.number}"
"""

_SIGNALS = """\
import logging

from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal, receiver

from $app.models import $Main, $Part

logger = logging.getLogger(__name__)
${main}_closed = Signal()


@receiver(post_save, sender=$Main)
def ${main}_saved(sender, instance, created, **kwargs):
    if created:
        logger.info("new %s", instance)


@receiver(post_delete, sender=$Part)
def ${part}_deleted(sender, instance, **kwargs):
    instance.$main.touch_$main()


def tell_$group($main, **kwargs):
    logger.info("%s in %s", $main, $main.$group)


def connect():
    ${main}_closed.connect(tell_$group)
"""

_FORMS = """\
from django import forms

from $app.models import $Main, $Part


class ${Main}Form(forms.ModelForm):
    class Meta:
        model = $Main
        fields = ["name", "amount", "$group", "notes"]

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if len(name) < 3:
            raise forms.ValidationError("too short")
        return name


class ${Main}SearchForm(forms.Form):
    words = forms.CharField(required=False)
    state = forms.ChoiceField(choices=$Main.State.choices, required=False)

    def clean(self):
        data = super().clean()
        data["words"] = data.get("words", "").split()
        return data

    def found_$mains(self):
        chosen = $Main.objects.with_$parts()
        for word in self.cleaned_data["words"]:
            chosen = chosen.filter(name__icontains=word)
        return chosen


${Part}FormSet = forms.inlineformset_factory($Main, $Part, fields=["number", "text"], extra=1)
"""

_SERVICES = """\
from functools import wraps

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, F, Q
from django.http import HttpResponseForbidden

from $app.models import $Group, $Main, $Part


def ${main}_members_only(view):
    @wraps(view)
    def checked(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return HttpResponseForbidden("members of $app only")
        return view(request, *args, **kwargs)

    return checked


@transaction.atomic
def renumber_$parts($main):
    for number, $part in enumerate($main.$parts.all(), start=1):
        $part.number = number
        $part.save()
    $Main.objects.filter(pk=$main.pk).update(amount=F("amount") + 1)


def ${main}_report(words):
    key = f"$app:{words}"
    report = cache.get(key)
    if report is None:
        chosen = $Group.objects.annotate(count=Count("$mains")).filter(Q(title__contains=words) | Q(count__gt=0))
        report = [{"title": each.title, "count": each.count} for each in chosen]
        cache.set(key, report, 60)
    return report


def add_$part($main, text):
    with transaction.atomic():
        $part, made = $Part.objects.get_or_create($main=$main, text=text)
        if made:
            renumber_$parts($main)
    return $part
"""

_VIEWS = """\
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View, generic
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from $app.forms import ${Main}Form, ${Main}SearchForm
from $app.models import $Group, $Main
from $app.services import add_$part, ${main}_members_only, ${main}_report


class ${Main}ContextMixin:
    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["${groups}"] = $Group.objects.all()
        return context


def ${main}_search(request):
    form = ${Main}SearchForm(request.GET)
    found = form.found_$mains() if form.is_valid() else $Main.objects.none()
    return render(request, "$app/search.html", {"form": form, "found": found})


@require_http_methods(["GET", "POST"])
@${main}_members_only
def ${part}_add(request, pk):
    $main = get_object_or_404($Main, pk=pk)
    if request.method == "POST":
        add_$part($main, request.POST["text"])
        return redirect($main)
    return render(request, "$app/add.html", {"$main": $main})


@never_cache
def ${group}_report(request):
    return JsonResponse({"report": ${main}_report(request.GET.get("words", ""))})

"""

_CLASS_VIEWS = (
    """
class ${Main}ListView(${Main}ContextMixin, generic.ListView):
    model = $Main
    paginate_by = 20

    def get_queryset(self):
        return $Main.objects.open_$mains().with_$parts()


class ${Main}DetailView(generic.DetailView):
    model = $Main


class ${Main}CreateView(${Main}ContextMixin, generic.CreateView):
    model = $Main
    form_class = ${Main}Form
""",
    """
class ${Main}ListView(generic.TemplateView):
    template_name = "$app/list.html"

    def get_context_data(self, **kwargs):
        mine = $Main.objects.by_${group}_title(self.request.GET.get("title", ""))
        return super().get_context_data(mine=mine, worth=mine.worth(), **kwargs)


class ${Main}DetailView(${Main}ContextMixin, generic.DetailView):
    queryset = $Main.objects.all()

    def get_object(self, queryset=None):
        found = super().get_object(queryset)
        found.touch_$main()
        return found


class ${Main}CreateView(generic.FormView):
    form_class = ${Main}Form
    template_name = "$app/form.html"

    def form_valid(self, form):
        form.save()
        return HttpResponseRedirect(form.instance.get_absolute_url())
""",
    """
class ${Main}ListView(View):
    def get(self, request):
        chosen = $Main.objects.with_$parts()
        return JsonResponse({"$mains": [str(each) for each in chosen if not each.is_late]})


class ${Main}DetailView(View):
    def dispatch(self, request, *args, **kwargs):
        self.$main = get_object_or_404($Main, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        return render(request, "$app/detail.html", {"$main": self.$main})

    def post(self, request, pk):
        self.$main.close_$main()
        return redirect(self.$main)


class ${Main}CreateView(${Main}ContextMixin, generic.edit.CreateView):
    model = $Main
    fields = ["name", "$group"]

    def form_valid(self, form):
        response = super().form_valid(form)
        add_$part(self.object, "first")
        return response
""",
)

_VIEW_NAMES = ("views:${main}_search", "views:${part}_add", "views:${group}_report")
_CLASS_VIEW_NAMES = (
    ("views:${Main}ListView.get_queryset", "views:${Main}ContextMixin.get_context_data"),
    (
        "views:${Main}ListView.get_context_data",
        "views:${Main}DetailView.get_object",
        "views:${Main}CreateView.form_valid",
    ),
    (
        "views:${Main}ListView.get",
        "views:${Main}DetailView.dispatch",
        "views:${Main}DetailView.get",
        "views:${Main}DetailView.post",
        "views:${Main}CreateView.form_valid",
    ),
)

_URLS = """\
from django.urls import path, re_path

from $app import views

app_name = "$app"
urlpatterns = [
    path("", views.${Main}ListView.as_view(), name="$main-list"),
    path("<int:pk>/", views.${Main}DetailView.as_view(), name="$main-detail"),
    path("new/", views.${Main}CreateView.as_view(), name="$main-new"),
    path("search/", views.${main}_search, name="$main-search"),
    path("<int:pk>/add/", views.${part}_add, name="$part-add"),
    re_path(r"^report/$$", views.${group}_report, name="$group-report"),
]
"""

_MIDDLEWARE = (
    """\
import time


class ${Main}TimingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        begin = time.monotonic()
        response = self.get_response(request)
        response["X-$Main-Time"] = str(time.monotonic() - begin)
        return response

    def process_view(self, request, view_func, view_args, view_kwargs):
        request.${main}_view = view_func
""",
    """\
from django.http import HttpResponseServerError
from django.utils.deprecation import MiddlewareMixin


class ${Main}GuardMiddleware(MiddlewareMixin):
    def process_request(self, request):
        request.${main}_words = request.GET.get("words", "").split()

    def process_response(self, request, response):
        response.headers["X-$Main"] = str(len(request.${main}_words))
        return response

    def process_exception(self, request, exception):
        return HttpResponseServerError(f"$app: {exception}")
""",
    """\
from django.http import HttpResponse

from $app.models import $Main


def ${main}_counting_middleware(get_response):
    def middleware(request):
        if request.path == "/$app/count/":
            return HttpResponse(str($Main.objects.open_$mains().count()))
        return get_response(request)

    return middleware
""",
)
_MIDDLEWARE_NAMES = ("${Main}TimingMiddleware", "${Main}GuardMiddleware", "${main}_counting_middleware")

_HOOK_NAMES = (
    ("middleware:${Main}TimingMiddleware.__call__", "middleware:${Main}TimingMiddleware.process_view"),
    (
        "middleware:${Main}GuardMiddleware.process_request",
        "middleware:${Main}GuardMiddleware.process_response",
        "middleware:${Main}GuardMiddleware.process_exception",
    ),
    ("middleware:${main}_counting_middleware.<locals>.middleware",),
)

_ADMIN = """\
from django.contrib import admin

from $app.models import $Group, $Main, $Part


class ${Part}Inline(admin.TabularInline):
    model = $Part


@admin.action(description="Close")
def close_$mains(modeladmin, request, queryset):
    for $main in queryset:
        $main.close_$main()


@admin.register($Main)
class ${Main}Admin(admin.ModelAdmin):
    list_display = ["name", "state", "late"]
    list_filter = ["state", "$group"]
    inlines = [${Part}Inline]
    actions = [close_$mains]

    @admin.display(boolean=True)
    def late(self, obj):
        return obj.is_late


admin.site.register($Group)
"""

_TAGS = """\
from django import template

from $app.models import $Main

register = template.Library()


@register.filter
def ${main}_label(value):
    return f"$Main {value}"


@register.simple_tag(takes_context=True)
def open_$mains(context):
    return $Main.objects.open_$mains().count()
"""

_PAGE = """\
{% load ${app}_tags %}
<h1>{{ found.count|${main}_label }}</h1>
{% for each in found %}<a href="{{ each.get_absolute_url }}">{{ each }}</a>{% endfor %}
{% open_$mains as count %}{{ count }}
"""


_PAGES = ("search", "add", "list", "detail", "form")


def write_project(root: Path, apps: int) -> None:
    """Writes a project of the first `apps` apps below `root`."""
    names = [_names(index) for index in range(apps)]
    site = {
        "count": str(apps),
        "apps": "".join(f'    "{each["app"]}.apps.{each["App"]}Config",\n' for each in names),
        "middleware": "".join(f'    "{each["app"]}.middleware.{each["middleware"]}",\n' for each in names),
        "includes": "".join(Template(_INCLUDE).substitute(each) for each in names),
    }
    package = f"site_of_{apps}"
    texts = {
        "manage.py": Template(_MANAGE).substitute(site),
        f"{package}/__init__.py": "",
        f"{package}/settings.py": Template(_SETTINGS).substitute(site),
        f"{package}/urls.py": Template(_ROOT_URLS).substitute(site),
        f"{package}/wsgi.py": Template(_WSGI).substitute(site),
    }
    for index, each in enumerate(names):
        texts.update(_app(index, each))
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def answering(apps: int) -> list[str]:
    """The ids of the functions of the project that requests enter: views and middleware."""
    found = [f"site_of_{apps}.urls:home"]
    for index in range(apps):
        names = _names(index)
        every = (*_VIEW_NAMES, *_CLASS_VIEW_NAMES[index % 3], *_HOOK_NAMES[index % 3])
        found += [f"{names['app']}.{Template(each).substitute(names)}" for each in every]
    return found


def _names(index: int) -> dict[str, str]:
    app, main, part, group = _APPS[index]
    names = {"app": app, "App": app.title(), "Main": main, "Part": part, "Group": group}
    names |= {"main": main.lower(), "part": part.lower(), "group": group.lower()}
    names |= {f"{key}s": f"{names[key]}s" for key in ("main", "part", "group")}
    names["middleware"] = Template(_MIDDLEWARE_NAMES[index % 3]).substitute(names)
    names["related"] = ""
    if index:
        before, other, *_ = _APPS[index - 1]
        names["related"] = (
            f'    {other.lower()} = models.ForeignKey("{before}.{other}", null=True, blank=True, '
            f"on_delete=models.SET_NULL)\n"
        )
    return names


def _app(index: int, names: dict[str, str]) -> dict[str, str]:
    app = names["app"]
    manner = index % 3
    templates = {
        "__init__.py": "",
        "apps.py": _CONFIG,
        "models.py": _MODELS,
        "signals.py": _SIGNALS,
        "forms.py": _FORMS,
        "services.py": _SERVICES,
        "views.py": _VIEWS + _CLASS_VIEWS[manner],
        "urls.py": _URLS,
        "middleware.py": _MIDDLEWARE[manner],
        "admin.py": _ADMIN,
        "templatetags/__init__.py": "",
        f"templatetags/{app}_tags.py": _TAGS,
    }
    templates |= {f"templates/{app}/{page}.html": _PAGE for page in _PAGES}
    for kind in ("list", "detail", "form"):
        templates[f"templates/{app}/{names['main']}_{kind}.html"] = _PAGE
    return {f"{app}/{path}": Template(text).substitute(names) for path, text in templates.items()}
