"""What is known about each data set without loading it: shape, classes, sizes, files, hashes, licence."""

from dataclasses import dataclass
from typing import Literal

DatasetName = Literal["digits", "spirals", "circles", "moons", "xor", "mnist", "fashion-mnist", "cifar-10"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A published file and how to recognise it.

    Attributes:
        name: The file's name in the data set's folder.
        role: What it holds; `archive` is only unpacked.
        size: Bytes.
        md5: As published.
        sha256: None where only the md5 is published.
        urls: Its official homes, tried in this order; empty for members of an archive.
    """

    name: str
    role: Literal["train_inputs", "train_targets", "test_inputs", "test_targets", "train", "test", "archive"]
    size: int
    md5: str
    sha256: str | None
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """One data set.

    Attributes:
        name: As in the document.
        title: As in its own literature.
        sentence: What it is, for the palette.
        shape: One sample: `(channels, height, width)` or `(features,)`.
        class_names: One per target, in the order of the targets.
        num_train: Samples to be split into training and validation part; None where the document says how many.
        num_test: Samples of the test part, which no run's seed changes.
        largest_value: Of a raw pixel; None where inputs are not pixels.
        files: What the loader reads.
        archive: The file that is downloaded instead, where the files come as members of one.
        archive_folder: Where the members lie inside the archive.
        partial: Whether some of the training files are enough, where a local folder has no more.
        embedded: Whether it needs no download.
        licence: Its terms.
        citation: Whom to cite.
    """

    name: DatasetName
    title: str
    sentence: str
    shape: tuple[int, ...]
    class_names: tuple[str, ...]
    num_train: int | None
    num_test: int
    largest_value: int | None = None
    files: tuple[FileFacts, ...] = ()
    archive: FileFacts | None = None
    archive_folder: str = ""
    partial: bool = False
    licence: str
    citation: str

    @property
    def num_classes(self) -> int:
        """How many different targets there are."""
        return len(self.class_names)

    @property
    def embedded(self) -> bool:
        """Whether it comes with the program, so that no network is needed."""
        return not self.files

    @property
    def download_bytes(self) -> int:
        """What a first use fetches."""
        return self.archive.size if self.archive else sum(file.size for file in self.files)


_DIGIT_NAMES = tuple("0123456789")
_DRAWN = "drawn by formula; nothing to license"


def _toy(name: DatasetName, title: str, sentence: str, class_names: tuple[str, ...], citation: str) -> DatasetFacts:
    return DatasetFacts(
        name=name,
        title=title,
        sentence=sentence,
        shape=(2,),
        class_names=class_names,
        num_train=None,
        num_test=1000,
        licence=_DRAWN,
        citation=citation,
    )


def _idx_files(base_url: str, rows: tuple[tuple[str, str, int, str, str], ...]) -> tuple[FileFacts, ...]:
    return tuple(
        FileFacts(name=name, role=role, size=size, md5=md5, sha256=sha256, urls=(base_url + name,))  # pyright: ignore[reportArgumentType]
        for name, role, size, md5, sha256 in rows
    )


_DIGITS = DatasetFacts(
    name="digits",
    title="Digits 8×8",
    sentence="1,797 handwritten digits of 8 by 8 pixels: real data, no download, trained in seconds.",
    shape=(1, 8, 8),
    class_names=_DIGIT_NAMES,
    num_train=1437,
    num_test=360,
    largest_value=16,
    licence="CC BY 4.0 (UCI Machine Learning Repository)",
    citation="E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; by way of scikit-learn.",
)

_SPIRALS = _toy(
    "spirals",
    "Two spirals",
    "Two arms wound around each other in the plane: no straight line helps, depth does.",
    ("first arm", "second arm"),
    "After K. J. Lang, M. J. Witbrock, Learning to tell two spirals apart, 1988.",
)
_CIRCLES = _toy(
    "circles",
    "Circles",
    "A small circle inside a large one.",
    ("outer", "inner"),
    "After scikit-learn's make_circles.",
)
_MOONS = _toy(
    "moons",
    "Moons",
    "Two half circles that reach into each other.",
    ("upper", "lower"),
    "After scikit-learn's make_moons.",
)
_XOR = _toy(
    "xor",
    "Exclusive or",
    "Four squares in the plane, opposite ones of the same class: no single linear layer can tell them apart.",
    ("same sign", "different sign"),
    "After M. Minsky, S. Papert, Perceptrons, 1969.",
)

_MNIST = DatasetFacts(
    name="mnist",
    title="MNIST",
    sentence="70,000 handwritten digits of 28 by 28 pixels.",
    shape=(1, 28, 28),
    class_names=_DIGIT_NAMES,
    num_train=60_000,
    num_test=10_000,
    largest_value=255,
    files=_idx_files(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        (
            (
                "train-images-idx3-ubyte.gz",
                "train_inputs",
                9_912_422,
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            (
                "train-labels-idx1-ubyte.gz",
                "train_targets",
                28_881,
                "d53e105ee54ea40749a09fcbcd1e9432",
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            (
                "t10k-images-idx3-ubyte.gz",
                "test_inputs",
                1_648_877,
                "9fb629c4189551a2d022fa330f9573f3",
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            (
                "t10k-labels-idx1-ubyte.gz",
                "test_targets",
                4_542,
                "ec29112dd5afa0611ce80d1b7f02629c",
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
    ),
    licence="commonly given as CC BY-SA 3.0",
    citation="Y. LeCun, C. Cortes, C. J. C. Burges, Gradient-based learning applied to document recognition, 1998.",
)

_FASHION_MNIST = DatasetFacts(
    name="fashion-mnist",
    title="Fashion-MNIST",
    sentence="70,000 pieces of clothing of 28 by 28 pixels: MNIST's shape, but harder.",
    shape=(1, 28, 28),
    class_names=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    num_train=60_000,
    num_test=10_000,
    largest_value=255,
    files=_idx_files(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        (
            (
                "train-images-idx3-ubyte.gz",
                "train_inputs",
                26_421_880,
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            (
                "train-labels-idx1-ubyte.gz",
                "train_targets",
                29_515,
                "25c81989df183df01b3e8a0aad5dffbe",
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            (
                "t10k-images-idx3-ubyte.gz",
                "test_inputs",
                4_422_102,
                "bef4ecab320f06d8554ea6380940ec79",
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            (
                "t10k-labels-idx1-ubyte.gz",
                "test_targets",
                5_148,
                "bb300cfdad3c16e7a12a480ee83cd310",
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
    ),
    licence="MIT (Zalando SE, 2017)",
    citation="H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, arXiv 1708.07747, 2017.",
)


def _cifar_batch(name: str, role: Literal["train", "test"], size: int, md5: str, sha256: str | None) -> FileFacts:
    return FileFacts(name=name, role=role, size=size, md5=md5, sha256=sha256)


_CIFAR_10 = DatasetFacts(
    name="cifar-10",
    title="CIFAR-10",
    sentence="60,000 colour photographs of 32 by 32 pixels: animals and vehicles.",
    shape=(3, 32, 32),
    class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    num_train=50_000,
    num_test=10_000,
    largest_value=255,
    files=(
        _cifar_batch(
            "data_batch_1",
            "train",
            31_035_704,
            "c99cafc152244af753f735de768cd75f",
            "54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd",
        ),
        _cifar_batch(
            "data_batch_2",
            "train",
            31_035_320,
            "d4bba439e000b95fd0a9bffe97cbabec",
            "766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8",
        ),
        _cifar_batch("data_batch_3", "train", 31_035_999, "54ebc095f3ab1f0389bbae665268c751", None),
        _cifar_batch("data_batch_4", "train", 31_035_696, "634d18415352ddfa80567beed471001a", None),
        _cifar_batch("data_batch_5", "train", 31_035_623, "482c414d41f54cd18b22e5b47cb7c3cb", None),
        _cifar_batch(
            "test_batch",
            "test",
            31_035_526,
            "40351d587109b95175f43aff81a1287e",
            "f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831",
        ),
    ),
    archive=FileFacts(
        name="cifar-10-python.tar.gz",
        role="archive",
        size=170_498_071,
        md5="c58f30108f718f92721af3b95e74349a",
        sha256="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        urls=("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
    ),
    archive_folder="cifar-10-batches-py",
    partial=True,
    licence="free to use with the citation",
    citation="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009.",
)

DATASETS: dict[str, DatasetFacts] = {
    facts.name: facts for facts in (_DIGITS, _SPIRALS, _CIRCLES, _MOONS, _XOR, _MNIST, _FASHION_MNIST, _CIFAR_10)
}
