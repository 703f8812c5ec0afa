"""What a service found missing, put beside the fields of the form that was sent."""

from django.forms import BaseForm

from workflows.refusals import NotReady


def show_problems(form: BaseForm, refusal: NotReady) -> None:
    """Add every problem of a refusal to the form: to its field where the form has one, else to the whole."""
    for problem in refusal.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)
