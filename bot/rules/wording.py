"""Brings what people type into one form before anything is recognised in it: pure, told nothing but text.

Full width becomes half width, traditional characters become simplified where the words we know need it, and
WeChat's own face codes ("[微笑]"), emoji, spaces and control characters go.
"""

import re
import unicodedata
from functools import lru_cache

HELD = 16  # texts: a dozen intentions ask for the words of one message, one after the other
MOST_READ = 2000  # characters; nobody asks for anything in what follows

_PAIRS = """
訂订 單单 別别 發发 給给 資资 訊讯 優优 廣广 動动 復复 開开 還还 續续 繼继 閱阅 讀读 轉转 絡络 聯联 係系 繫系 請请 麼么 們们 幫帮 煩烦 說说 話话 這这
個个 沒没 號号 貨货 買买 賣卖 壺壶 蓋盖 鐵铁 鍋锅 鑄铸 銅铜 燒烧 壞坏 斷断 損损 維维 護护 養养 價价 錢钱 費费 運运 遞递 達达 簽签 積积 點点 級级 員员
會会 賬账 戶户 稅税 產产 質质 膠胶 銀银 錫锡 顏颜 藍蓝 綠绿 紅红 黃黄 樣样 幾几 時时 間间 歲岁 問问 題题 選选 擇择 禮礼 盤盘 紗纱 濾滤 網网 導导 熱热
溫温 溼湿 氣气 電电 爐炉 麵面 傘伞 門门 東东 內内 邊边 進进 過过 遠远 將将 無无 與与 為为 來来 對对 應应 該该 檢检 測测 報报 壽寿 謝谢 經经 營营 業业
務务 處处 見见 區区 裏里 頭头 髮发 關关 閉闭 從从 現现 總总 隻只 聽听 誰谁 讓让 擾扰 騷骚 訴诉 舉举 權权 團团 隊队 師师 長长 貴贵 賠赔 償偿 責责 結结
機机 歸归 據据 實实 體体 簡简 當当 後后 裝装 順顺 豐丰 圓圆 郵邮 換换 舊旧 兒儿 學学 習习 龍龙 鳳凤 雙双 漢汉 飯饭 雞鸡 魚鱼 豬猪 馬马 鳥鸟 園园 廠厂
專专 線线 輕轻 鬆松 難难 條条 張张 觸触 圖图 書书 畫画 寫写 釋释 釐厘 碼码 數数 類类 屬属 終终 緊紧 絕绝 歡欢 視视 頻频 語语 滿满 減减 購购 車车 辦办
預预 約约 變变 準准 確确 許许 願愿 認认 證证 記记 錄录 儲储 沖冲 衝冲 頂顶 帶带 錯错 絲丝 亂乱 騙骗 偽伪 貼贴 縫缝 烏乌 詢询 諮咨 餘余 詳详 顧顾 態态
層层 補补 瞭了 暫暂 啓启 啟启 擊击 罵骂 殘残 鏽锈 銹锈 鹼碱 滌涤 乾干 曬晒 蟲虫 綁绑 績绩 闆板 臺台 灣湾 島岛 塊块 盡尽 嗎吗 囉啰 卻却 搶抢 評评 惡恶
劇剧 誤误 遲迟 傷伤 嚇吓 瑣琐 膩腻 筆笔 緩缓 織织 鐘钟 週周 節节 慶庆 誕诞 殺杀 雜杂 鬧闹 漲涨 櫃柜 廚厨 滾滚 鍍镀 鎖锁 燈灯 潔洁 繪绘 藝艺 徑径 幹干
釺钎 薦荐 試试 飲饮 嘗尝 麗丽 愛爱 貓猫 塵尘 滲渗 爺爷 媽妈 輩辈 婚婚 銷销 刪删
"""  # traditional, simplified: only what our words need, so it is short
_TO_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_FACE = re.compile(r"\[[^\[\]\s]{1,6}\]")
_ENDS_A_CLAUSE = re.compile(r"[,.!?;:~…\n\r、。,!?;:()《》“”\"|/]+")
_NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


@lru_cache(HELD)
def plain(text: str) -> str:
    """The same words in simplified characters, half width and lower case; punctuation stays."""
    text = unicodedata.normalize("NFKC", text[:MOST_READ]).casefold()
    return _FACE.sub(" ", text.translate(_TO_SIMPLIFIED))


@lru_cache(HELD)
def compact(text: str) -> str:
    """Only the letters, digits and characters of the words, with nothing between them."""
    return _NO_WORD.sub("", plain(text))


@lru_cache(HELD)
def clauses(text: str) -> tuple[str, ...]:
    """The compact clauses, and the compact whole where that is more than one: people put commas anywhere."""
    found = (_NO_WORD.sub("", part) for part in _ENDS_A_CLAUSE.split(plain(text)))
    parts = tuple(part for part in found if part)
    return (*parts, "".join(parts)) if len(parts) > 1 else parts
