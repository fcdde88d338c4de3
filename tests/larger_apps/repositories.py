"""Repositories of an organization: one for each product, with secrets, teams and protected branches."""

from cdktf import App, Fn, TerraformIterator, TerraformStack, Token
from cdktf_cdktf_provider_github.actions_secret import ActionsSecret
from cdktf_cdktf_provider_github.branch_default import BranchDefault
from cdktf_cdktf_provider_github.branch_protection import BranchProtection, BranchProtectionRequiredPullRequestReviews
from cdktf_cdktf_provider_github.data_github_organization import DataGithubOrganization
from cdktf_cdktf_provider_github.data_github_user import DataGithubUser
from cdktf_cdktf_provider_github.provider import GithubProvider
from cdktf_cdktf_provider_github.repository import Repository, RepositoryPages, RepositoryPagesSource
from cdktf_cdktf_provider_github.team import Team
from cdktf_cdktf_provider_github.team_repository import TeamRepository
from cdktf_cdktf_provider_random.password import Password
from cdktf_cdktf_provider_random.provider import RandomProvider

from tests.larger_apps import output


def build(app: App) -> None:
    stack = TerraformStack(app, "repositories")
    GithubProvider(stack, "github", owner="example")
    RandomProvider(stack, "random")
    products = TerraformIterator.from_map({"web": "The shop", "images": "Golden images"})
    repositories = Repository(
        stack,
        "repository",
        for_each=products,
        name=products.key,
        description=Token.as_string(products.value),
        auto_init=True,
    )
    made = TerraformIterator.from_resources(repositories)
    BranchDefault(stack, "main", for_each=made, repository=made.get_string("name"), branch="main")
    token = Password(stack, "token", length=40)
    ActionsSecret(
        stack, "secret", repository="web", secret_name="TOKEN", plaintext_value=token.result, depends_on=[repositories]
    )
    site = Repository(
        stack, "site", name="site", pages=RepositoryPages(source=RepositoryPagesSource(branch="main", path="/docs"))
    )
    team = Team(stack, "team", name="platform", privacy="closed")
    TeamRepository(stack, "access", team_id=team.id, repository=site.name, permission="push")
    reviewer = DataGithubUser(stack, "reviewer", username="octocat")
    organization = DataGithubOrganization(stack, "organization", name="example")
    BranchProtection(
        stack,
        "protection",
        repository_id=site.node_id,
        pattern="main",
        required_pull_request_reviews=[
            BranchProtectionRequiredPullRequestReviews(
                required_approving_review_count=1, dismissal_restrictions=[reviewer.node_id]
            )
        ],
    )
    output(stack, "urls", f"${{{{for name, one in {repositories.fqn} : name => one.html_url}}}}")
    output(stack, "site", site.pages.url)
    output(stack, "site_id", f"${{{site.fqn}.repo_id + 0}}")
    output(stack, "members", Fn.length_of(organization.members))
