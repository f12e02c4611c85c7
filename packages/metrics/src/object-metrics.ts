import { ratio } from "./additive-metric.js";
import { objectMetric } from "./object-matching.js";

const cellpose = "Stringer et al. (2021), Nat. Methods 18:100-106";

/**
 * Average precision of objects at an intersection over union of at least 0.5, TP / (TP + FP + FN), as cellpose, StarDist
 * and the Data Science Bowl 2018 define it (COCO's is another: the area under a precision-recall curve). Objects are the
 * connected components of the masks; counts are pooled over all images.
 */
export const ap50 = objectMetric({
  id: "ap-50",
  summary: "Objects found at an IoU of 0.5: TP / (TP + FP + FN)",
  words: {
    label: "AP50",
    meaning: "TP / (TP + FP + FN) of whole objects, matched where they overlap with an IoU of at least 0.5.",
  },
  citation: cellpose,
  isMatch: (iou) => iou >= 0.5,
  score: ({ tp, fp, fn }) => ratio(tp, tp + fp + fn),
});

/** {@link ap50} at an intersection over union of at least 0.75. */
export const ap75 = objectMetric({
  id: "ap-75",
  summary: "Objects found at an IoU of 0.75: TP / (TP + FP + FN)",
  words: {
    label: "AP75",
    meaning: "TP / (TP + FP + FN) of whole objects, matched where they overlap with an IoU of at least 0.75.",
  },
  citation: cellpose,
  isMatch: (iou) => iou >= 0.75,
  score: ({ tp, fp, fn }) => ratio(tp, tp + fp + fn),
});

/**
 * F1 score of objects, 2 TP / (2 TP + FP + FN), matched where their intersection over union is above 0.5, which makes the
 * matching unique: the recognition quality of Kirillov et al. (2019). Times the mean IoU of the matches (`iou / tp` of
 * `parts()`) it is their panoptic quality. Objects are the connected components of the masks; counts are pooled over all
 * images.
 */
export const objectF1 = objectMetric({
  id: "object-f1",
  summary: "F1 score of objects matched at an IoU above 0.5",
  words: {
    label: "Object F1",
    meaning: "the F1 score of whole objects, matched where they overlap by more than half (IoU above 0.5).",
  },
  citation: "Kirillov et al. (2019), CVPR, doi:10.1109/CVPR.2019.00963",
  isMatch: (iou) => iou > 0.5,
  score: ({ tp, fp, fn }) => ratio(2 * tp, 2 * tp + fp + fn),
});
