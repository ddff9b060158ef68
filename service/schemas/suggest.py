"""What the form asks and is answered: articles that may solve the request, and each of them in full."""

from typing import Annotated

from pydantic import Field

from service.answering import Asked, SuggestAnswer
from service.schemas.asked import ArticleHitOut, AskIn, MissingOut, article_out, missing_out
from service.schemas.base import Id, Out, language_of
from triagem.types import Article, Language


class SuggestIn(AskIn):
    """A request that somebody is typing."""

    session_id: Id | None = None
    limit: Annotated[int, Field(ge=1, le=5, description="At most so many articles.")] = 3

    def asked(self) -> Asked:
        return Asked(self.subject, self.description, language_of(self.language), self.channel)


class PublicArticleOut(Out):
    """A public article to be read beside a form. `html` is sanitised: no script, form, style or image.

    `plain` is its text without markup, the one that the passages of answers are cut from.
    In it links to other public articles name them by `data-article`, an `article_id`, and lead to their `url`, if any.
    """

    article_id: str
    title: str
    language: Language
    url: str | None
    html: str
    plain: str


class SuggestionOut(Out):
    """Articles that may solve the request, best first; none is a normal answer.

    `expected_response` and `notices` are sentences for the requester; a notice never changes what becomes of a request.
    """

    suggestion_id: str
    articles: list[ArticleHitOut]
    missing: list[MissingOut]
    expected_response: str
    notices: list[str]
    index_generation: str | None


def suggestion_out(suggestion_id: str, answer: SuggestAnswer) -> SuggestionOut:
    return SuggestionOut(
        suggestion_id=suggestion_id,
        articles=[article_out(hit) for hit in answer.articles.hits],
        missing=[missing_out(missing) for missing in answer.told.missing],
        expected_response=answer.told.expected_response,
        notices=list(answer.told.notices),
        index_generation=answer.articles.generation_id,
    )


def public_article_out(article: Article, *, html: str, plain: str) -> PublicArticleOut:
    return PublicArticleOut(
        article_id=article.id,
        title=article.title,
        language=article.language,
        url=article.url,
        html=html,
        plain=plain,
    )
