"""The Train panel's own views: layer table, rows, form."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QApplication, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from core.models.layers import ConvDesign, ConvLayer
from core.models.presets import preset
from core.settings import Settings, setting
from musicae_gui.views.compact_form import CompactForm
from musicae_gui.views.layer_table import Column, LayerTable
from musicae_gui.views.network_editor import NetworkEditor
from musicae_gui.views.row_list import RowList
from musicae_gui.views.rows import Row


@pytest.fixture
def design() -> ConvDesign:
    return ConvDesign.from_dict(preset("conv-18376").config)


@pytest.fixture
def table(qtbot: QtBot, design: ConvDesign) -> LayerTable:
    made = LayerTable(design)
    qtbot.addWidget(made)
    made.design_edited.connect(made.set_design)
    return made


def _text(table: LayerTable, row: int, column: Column) -> str:
    return str(table.model().index(row, column).data())


def test_the_table_shows_shape_elements_and_parameters_after_each_layer(table: LayerTable, design: ConvDesign) -> None:
    assert _text(table, 0, Column.ELEMENTS) == "110,250"
    assert table.model().rowCount() == len(design.layers) + 1
    last = len(design.layers)
    assert _text(table, last, Column.SHAPE) == "8 × 2,297"
    assert _text(table, last, Column.ELEMENTS).endswith("18,376")
    counted = sum(int(_text(table, row, Column.PARAMETERS).replace(",", "")) for row in range(1, last + 1))
    assert counted == design.parameters


def test_editing_a_cell_changes_the_design_and_what_follows_from_it(table: LayerTable) -> None:
    model = table.model()
    row = model.rowCount() - 1
    assert model.setData(model.index(row, Column.CHANNELS), 4)
    assert table.design.layers[-1].channels == 4
    assert _text(table, row, Column.ELEMENTS).endswith("9,188")


def test_the_clips_row_and_computed_columns_cannot_be_edited(table: LayerTable) -> None:
    model = table.model()
    editable = Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(0, Column.CHANNELS)) & editable
    assert not model.flags(model.index(1, Column.PARAMETERS)) & editable
    assert model.flags(model.index(1, Column.STRIDE)) & editable


def test_layers_are_added_removed_and_moved(table: LayerTable, design: ConvDesign) -> None:
    table.selectRow(2)
    table.add_layer()
    assert len(table.design.layers) == len(design.layers) + 1
    assert table.design.layers[2] == ConvLayer(design.layers[1].channels, 3, 1, design.layers[1].activation)
    assert table.selected_layer == 3
    table.remove_layer()
    assert table.design == design
    table.selectRow(2)
    table.move_layer(1)
    assert table.design.layers[1:3] == (design.layers[2], design.layers[1])
    assert table.selected_layer == 3


def test_the_only_layer_stays(qtbot: QtBot) -> None:
    table = LayerTable(ConvDesign((ConvLayer(8, 16, 8),)))
    qtbot.addWidget(table)
    table.design_edited.connect(table.set_design)
    table.remove_layer()
    assert len(table.design.layers) == 1


def test_typing_into_a_cell_edits_it(qtbot: QtBot, table: LayerTable) -> None:
    table.show()
    index = table.model().index(4, Column.CHANNELS)
    table.setCurrentIndex(index)
    table.edit(index)
    editor = table.findChild(QSpinBox)
    assert editor is not None
    editor.setValue(6)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: table.design.layers[3].channels == 6)


def test_elements_above_the_inputs_are_warned_of_in_words(qtbot: QtBot, design: ConvDesign) -> None:
    editor = NetworkEditor(design)
    qtbot.addWidget(editor)
    warnings = editor.findChild(type(editor._problems), "train.network_warnings")
    assert "110" not in warnings.text()
    editor.design_edited.connect(lambda changed: editor.set_design(changed, edited=True))
    model = editor.table.model()
    model.setData(model.index(1, Column.CHANNELS), 100)
    assert "Layer 1" in warnings.text()
    assert "⚠" in str(model.index(1, Column.ELEMENTS).data())


def test_the_latents_size_is_said_in_floats_and_kilobits(qtbot: QtBot, design: ConvDesign) -> None:
    editor = NetworkEditor(design)
    qtbot.addWidget(editor)
    assert "18,376 floats" in editor._latent.text()
    assert "59 kbit/s" in editor._latent.text()


def test_a_network_that_cannot_work_says_why_instead_of_a_size(qtbot: QtBot, design: ConvDesign) -> None:
    editor = NetworkEditor(design)
    qtbot.addWidget(editor)
    editor.set_design(ConvDesign((ConvLayer(8, 2, 8),)), edited=True)
    assert not editor._latent.isVisibleTo(editor)
    assert "leaves values unread" in editor._problems.text()


def test_reset_is_offered_only_for_an_edited_network(qtbot: QtBot, design: ConvDesign) -> None:
    editor = NetworkEditor(design)
    qtbot.addWidget(editor)
    reset = editor.findChild(QToolButton, "train.layer_reset")
    assert not reset.isEnabled()
    editor.set_design(design, edited=True)
    assert reset.isEnabled()


def test_rows_keep_the_selection_while_their_words_change(qtbot: QtBot) -> None:
    rows = RowList("list", "list", "tip")
    qtbot.addWidget(rows)
    rows.set_rows([Row("a", "A"), Row("b", "B", "waiting")])
    rows.select("b")
    rows.set_rows([Row("a", "A"), Row("b", "B", "half", fraction=0.5)])
    assert rows.current_key == "b"
    rows.set_rows([Row("b", "B"), Row("a", "A")])
    assert rows.current_key == "b"


def test_only_the_user_toggles_a_row(qtbot: QtBot) -> None:
    rows = RowList("list", "list", "tip")
    qtbot.addWidget(rows)
    rows.resize(200, 100)
    rows.show()
    toggled: list[tuple[str, bool]] = []
    rows.toggled.connect(lambda key, on: toggled.append((key, on)))
    rows.set_rows([Row("a", "A", shown=True)])
    rows.set_rows([Row("a", "A", shown=False)])
    rows.set_rows([Row("a", "A", shown=True)])
    assert toggled == []
    corner = rows.visualRect(rows.model().index(0, 0)).topLeft()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=corner + QPoint(12, 10))
    assert toggled == [("a", False)]
    qtbot.keyClick(rows, Qt.Key.Key_Space)
    assert toggled == [("a", False), ("a", True)]


@dataclass(frozen=True)
class Example(Settings):
    count: int = setting(3, label="Count", help="How many.", low=1, high=9)
    rate: float = setting(0.0, label="Rate", help="0 chooses.", low=0, high=1)
    way: str = setting("a", label="Way", help="Which way.", choices=("a", "b"))


@pytest.fixture
def form(qtbot: QtBot) -> CompactForm[Example]:
    made = CompactForm(Example(), prefix="example", main=("count",), zeros={"rate": "automatic"})
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_form_has_a_field_a_setting_with_its_range_and_help(form: CompactForm[Example]) -> None:
    count = form.editor("count")
    assert isinstance(count, QSpinBox)
    assert (count.minimum(), count.maximum(), count.toolTip()) == (1, 9, "How many.")
    assert count.accessibleName() == "Count"
    assert count.isVisible()
    assert not form.editor("rate").isVisible()
    form._more.click()
    assert form.editor("rate").isVisible()


def test_an_edit_gives_the_whole_new_settings(qtbot: QtBot, form: CompactForm[Example]) -> None:
    with qtbot.waitSignal(form.edited) as caught:
        form.editor("count").setValue(7)
    assert caught.args == [Example(count=7)]


def test_showing_values_emits_nothing(qtbot: QtBot, form: CompactForm[Example]) -> None:
    with qtbot.assertNotEmitted(form.edited):
        form.set_values(Example(count=5, rate=0.5, way="b"))
    assert form.values.way == "b"


def test_scrolling_over_a_field_without_focus_leaves_it(form: CompactForm[Example]) -> None:
    count = form.editor("count")
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    form.setFocus()
    QApplication.sendEvent(count, event)
    assert isinstance(count, QSpinBox)
    assert count.value() == 3
    assert event.type() == QEvent.Type.Wheel


def test_long_titles_in_one_line_do_not_run_into_their_words(qtbot: QtBot) -> None:
    wide, narrow = RowList("list", "list", "tip", one_line=True), RowList("list", "list", "tip", one_line=True)
    title = "resnet-vae-with-a-long-name"
    pictures = []
    for rows, words in ((wide, ""), (narrow, "words")):
        qtbot.addWidget(rows)
        rows.resize(600, 60)
        rows.set_rows([Row("a", title, words)])
        rows.show()
        pictures.append(rows.viewport().grab().toImage())
    end = QFontMetrics(wide.font()).horizontalAdvance(title)
    assert pictures[0].copy(0, 0, end, 20) == pictures[1].copy(0, 0, end, 20)
    assert pictures[0] != pictures[1]
