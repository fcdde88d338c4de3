"""The golden images of a company, deployed; what they are stands in golden_images.py, and its tests beside it."""

from golden_images import GoldenImages
from cdktf import App

app = App()
GoldenImages(app)
app.synth()
