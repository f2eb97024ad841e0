import {fill, h, iconButton, span} from "../lib/dom.js"
import {marked, visible} from "../lib/format.js"

/** The tags in a text with commas between them. */
const tagsIn = (text = "") => text.split(",").map((tag) => tag.trim()).filter(Boolean)

/**
 * A set of tags: each that is there is a chip, and stays as it is until it is taken away. What is typed becomes chips at Enter or
 * a comma. Emits `input`.
 */
export class KvTags extends HTMLElement {
	/** @type {string[]} */
	held = []
	/** @type {string[]} */
	chips = []
	list = span("chips")

	constructor(testid = "") {
		super()
		this.field = h("input", {
			type: "text",
			"aria-label": "Tags",
			placeholder: "Add a tag",
			testid
		})
		this.field.addEventListener("keydown", (event) => this.press(event))
		this.field.addEventListener("change", () => this.commit())
	}

	connectedCallback() {
		if (!this.firstChild) fill(this, this.list, this.field)
	}

	/** @param {string[]} tags */
	hold(tags, shut = false) {
		this.held = tags
		this.chips = [...tags]
		this.field.value = ""
		this.field.disabled = shut
		this.render()
	}

	/** With what is typed and no chip yet. */
	get tags() {
		return [...new Set([...this.chips, ...tagsIn(this.field.value)])]
	}

	get dirty() {
		const {tags, held} = this
		return tags.length !== held.length || tags.some((tag, index) => tag !== held[index])
	}

	/** @param {KeyboardEvent} event */
	press(event) {
		const {field, chips} = this
		if (event.isComposing) return
		if ((event.key === "Enter" && field.value) || event.key === ",") {
			event.preventDefault()
			this.commit()
		} else if (event.key === "Backspace" && field.value === "" && chips.length > 0) {
			this.change(chips.slice(0, -1))
		}
	}

	commit() {
		if (!this.field.value) return
		const {tags} = this
		this.field.value = ""
		this.change(tags)
	}

	/** @param {string[]} tags */
	change(tags) {
		this.chips = tags
		this.render()
		this.dispatchEvent(new Event("input", {bubbles: true}))
	}

	/** @param {string} tag */
	takeAway(tag) {
		this.change(this.chips.filter((one) => one !== tag))
		this.field.focus()
	}

	render() {
		const shut = this.field.disabled
		fill(
			this.list,
			this.chips.map((tag) => {
				const label = `Remove the tag ${visible(tag)}`
				const away = !shut && iconButton("close", label, () => this.takeAway(tag), "@tag-remove")
				return span("chip @tag-chip", h("bdi", {}, marked(tag)), away)
			})
		)
	}
}

customElements.define("kv-tags", KvTags)
